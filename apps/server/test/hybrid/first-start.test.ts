import { startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { providerKey, providerModel } from '../compatibility/provider.ts'
import { startGateway, type TestGateway } from '../end-to-end/harness.ts'

/** A provider without any refinement, whose model thinks aloud. */
async function startProvider(options: Parameters<typeof startOpenAIChatFake>[0] = {}) {
  const fake = await startOpenAIChatFake({
    answer: () => ({ text: ['<think>It is', ' 4.</th', 'ink>', 'Four.'] }),
    ...options,
  })
  onTestFinished(() => fake.close())
  return { fake, env: { OPENAI_API_KEY: providerKey, OPENAI_API_BASE_URL: fake.baseUrl } }
}

async function ask(
  { url }: TestGateway,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly said: string; readonly thought: string }> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'What is 2 + 2?' }], ...body }),
  })
  const { choices, error } = (await response.json()) as {
    readonly choices?: readonly [
      { readonly message: { readonly content: string; readonly reasoning_content?: string } },
    ]
    readonly error?: { readonly message: string }
  }
  const { content, reasoning_content: thought = '' } = choices?.[0].message ?? {}
  return { status: response.status, said: content ?? error?.message ?? '', thought }
}

const pair = `hybrid:[openai:${providerModel},openai:${providerModel}]`

describe('a first start', () => {
  it('lets one model think and another answer without any configuration', async () => {
    const { env } = await startProvider()
    const gateway = await startGateway('{}', { env })

    expect(await ask(gateway, { model: pair })).toEqual({
      status: 200,
      thought: 'It is 4.',
      said: 'Four.',
    })
  })

  it('without any key has echo in both places', async () => {
    const gateway = await startGateway('{}')

    const { status, thought, said } = await ask(gateway, { model: 'hybrid:[echo:one,echo:two]' })

    expect(status).toBe(200)
    expect(thought).toContain('model: one')
    expect(said).toContain('model: two')
  })

  it('sends nothing to the pair that does not name it, and waits for no lists of models', async () => {
    const { env, fake } = await startProvider()
    const gateway = await startGateway('{}', { env })

    await ask(gateway, { model: providerModel })
    await ask(gateway, { model: 'no-such-model' })

    const routes = [await gateway.nextCall(), await gateway.nextCall()].map(
      ({ backend }) => backend,
    )
    expect(routes).toEqual(['openai', 'openai'])
    expect(fake.server.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  it('is as if there were none where it is switched off', async () => {
    const { env } = await startProvider()
    const gateway = await startGateway('{}', { env: { ...env, DISABLE_HYBRID_BACKEND: 'true' } })

    const { status, said } = await ask(gateway, { model: pair })

    expect(status).toBe(400)
    expect(said).toContain('"hybrid"')
  })

  it('reads the published variables', async () => {
    const { env, fake } = await startProvider()
    const gateway = await startGateway('{}', {
      env: {
        ...env,
        REASONING_INJECTION_PROBABILITY: '0',
        HYBRID_REASONING_FORCE_INITIAL_TURNS: '0',
      },
    })
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'q' },
    ]

    await ask(gateway, { model: pair, messages })

    expect(fake.server.requests).toHaveLength(1)
  })
})

it('needs no model that understands how hard to think', async () => {
  const { env, fake } = await startProvider({
    extraRules: {
      'no-effort': {
        cites: 'a model that does not reason refuses the parameter',
        check: ({ reasoning_effort: effort }) =>
          effort === undefined
            ? undefined
            : { at: 'reasoning_effort', message: 'Unrecognized request argument supplied' },
      },
    },
  })
  const gateway = await startGateway('{}', { env })

  const first = await ask(gateway, { model: pair })
  const second = await ask(gateway, { model: pair })

  expect([first.said, second.said]).toEqual(['Four.', 'Four.'])
  expect(second.thought).toBe('It is 4.')
  const bodies = fake.server.requests.map((request) => request.text().includes('reasoning_effort'))
  expect(bodies).toEqual([true, false, false, false, false])
})

it('reaches no backend that its caller may not use, in neither place', async () => {
  const { env, fake } = await startProvider()
  const gateway = await startGateway(
    stringify({
      backends: {
        openai: { api_keys: [providerKey], base_url: env.OPENAI_API_BASE_URL },
        echo: {},
      },
      api_keys: [{ name: 'guest', key: 'guest-key', backends: ['hybrid', 'echo'] }],
    }),
  )
  const headers = { authorization: 'Bearer guest-key' }

  for (const [one, other] of [
    ['openai:x', 'echo:x'],
    ['echo:x', 'openai:x'],
  ]) {
    const { status, said } = await ask(gateway, { model: `hybrid:[${one},${other}]` }, headers)

    expect(status).toBe(403)
    expect(said).toContain('may not use the backend "openai"')
  }
  expect((await ask(gateway, { model: 'hybrid:[echo:x,echo:y]' }, headers)).status).toBe(200)
  expect(fake.server.requests).toEqual([])
})
