import { type OpenAIChatFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServing, type TestProgramOptions } from './support/test-program.ts'

const providerKey = 'sk-of-the-provider'

async function startFake(): Promise<OpenAIChatFake> {
  const fake = await startOpenAIChatFake({ keys: { [providerKey]: 'ok' } })
  onTestFinished(() => fake.close())
  return fake
}

function environment(fake: OpenAIChatFake): Readonly<Record<string, string>> {
  return { OPENAI_API_KEY: providerKey, OPENAI_API_BASE_URL: fake.baseUrl }
}

function ask(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  model = 'fake-chat',
) {
  const body = { model, messages: [{ role: 'user', content: 'Hello' }] }
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe('client keys', () => {
  it.each([
    ['authorization', 'Bearer client-one'],
    ['authorization', 'bearer client-two'],
    ['x-api-key', 'client-one'],
    ['x-goog-api-key', 'client-two'],
  ])('are taken from %s: %s, and never sent upstream', async (name, value) => {
    const fake = await startFake()
    const { url } = await startServing({
      argv: ['--api-key', 'client-one', '--api-key', 'client-two'],
      env: environment(fake),
    })

    const answer = await ask(url, '/v1/chat/completions', { [name]: value })

    expect(answer.status).toBe(200)
    const [received] = fake.server.requests
    expect(received?.headers['authorization']).toBe(`Bearer ${providerKey}`)
    expect(JSON.stringify([received?.rawHeaders, received?.query, received?.text()])).not.toMatch(
      /client-(one|two)/,
    )
  })

  it.each([
    ['no credential', {}],
    ['an unknown key', { authorization: 'Bearer nobody' }],
    ['the beginning of a key', { authorization: 'Bearer client-on' }],
    ['the key of the provider', { 'x-api-key': providerKey }],
    ['another scheme', { authorization: `Basic ${btoa('client-one:')}` }],
    ['an empty key', { authorization: 'Bearer ' }],
  ])('are needed: %s is refused before anything is sent', async (_, headers) => {
    const fake = await startFake()
    const { url } = await startServing({
      argv: ['--api-key', 'client-one'],
      env: environment(fake),
    })

    const nested = await ask(url, '/v1/chat/completions', headers)
    const text = await ask(url, '/chat/completions', headers)
    const list = await fetch(`${url}/v1/models`, { headers })

    expect([nested.status, text.status, list.status]).toEqual([401, 401, 401])
    expect(await nested.json()).toMatchObject({
      error: { code: 'invalid_api_key', message: expect.stringMatching(/^This gateway /) },
    })
    expect(await text.json()).toEqual({ error: expect.stringMatching(/^This gateway /) })
    expect(fake.server.requests).toEqual([])
  })

  it.each<[string, TestProgramOptions]>([
    ['JACKFIELD_API_KEYS', { env: { JACKFIELD_API_KEYS: 'client-one, client-two' } }],
    ['a repeated flag', { argv: ['--api-key', 'client-one', '--api-key=client-two'] }],
    ['a file', { files: { 'config/config.yaml': 'api_keys: [client-one, client-two]\n' } }],
  ])('can be given by %s', async (_, options) => {
    const { url } = await startServing(options)

    for (const [key, status] of [
      ['client-one', 200],
      ['client-two', 200],
      ['client-one, client-two', 401],
    ] as const) {
      const answer = await ask(url, '/v1/chat/completions', { 'x-api-key': key })

      expect(answer.status).toBe(status)
    }
  })

  it('are known in the log by their names', async () => {
    const serving = await startServing({
      files: { 'config/config.yaml': 'api_keys: [{ name: alice, key: client-one }]\n' },
    })

    await ask(serving.url, '/v1/chat/completions', { 'x-api-key': 'client-one' })
    const line = JSON.parse(await serving.output((text) => text.includes('"msg":"call"')))

    expect(line).toMatchObject({ principal: 'alice', status: 200 })
    expect(serving.printed()).not.toContain('client-one')
  })

  it('open only the backends that they name', async () => {
    const fake = await startFake()
    const { url } = await startServing({
      env: environment(fake),
      files: {
        'config/config.yaml': [
          'api_keys: [{ name: ci, key: client-one, backends: [echo] }]',
          'backends: { openai: {}, echo: {} }',
          'default_backend: openai',
        ].join('\n'),
      },
    })
    const headers = { 'x-api-key': 'client-one' }

    const named = await ask(url, '/v1/chat/completions', headers, 'openai:fake-chat')
    const bare = await ask(url, '/v1/chat/completions', headers)
    const list = await fetch(`${url}/v1/models`, { headers })

    expect(named.status).toBe(403)
    expect(await bare.text()).toContain('This is the echo backend')
    expect(await list.json()).toMatchObject({ data: [{ id: 'echo' }] })
    expect(fake.server.requests).toEqual([])
  })
})

describe('without client keys', () => {
  it('any credential is accepted, and none is sent upstream', async () => {
    const fake = await startFake()
    const { url } = await startServing({ env: environment(fake) })

    for (const headers of [{}, { authorization: 'Bearer whoever' }, { 'x-api-key': 'whoever' }]) {
      expect((await ask(url, '/v1/chat/completions', headers)).status).toBe(200)
    }

    expect(fake.keysUsed()).toEqual([providerKey, providerKey, providerKey])
    const sent = JSON.stringify(fake.server.requests.map(({ rawHeaders }) => rawHeaders))
    expect(sent).not.toContain('whoever')
  })
})
