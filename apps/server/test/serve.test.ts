import { type OpenAIChatFake, startInternLMFake, startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chat, textOf } from './process/start-process.ts'
import { runToEnd, startServing } from './support/test-program.ts'

async function startInternLM(): Promise<OpenAIChatFake> {
  const fake = await startInternLMFake({ keys: { 'intern-key': 'ok' } })
  onTestFinished(() => fake.close())
  return fake
}

async function startOpenAI(): Promise<OpenAIChatFake> {
  const fake = await startOpenAIChatFake({ keys: { 'open-key': 'ok' } })
  onTestFinished(() => fake.close())
  return fake
}

/** Variables of both providers, as somebody with keys exports them. */
async function startProviders() {
  const [internlm, openai] = [await startInternLM(), await startOpenAI()]
  const env = {
    INTERNAI_API_KEY: 'intern-key',
    INTERNAI_API_BASE_URL: internlm.baseUrl,
    OPENAI_API_KEY: 'open-key',
    OPENAI_API_BASE_URL: openai.baseUrl,
  }
  return { internlm, openai, env }
}

/** The models that a provider was asked for. */
function modelsAsked(fake: OpenAIChatFake): readonly unknown[] {
  return fake.server.requests
    .filter(({ path }) => path.endsWith('/chat/completions'))
    .map((request) => (request.json() as { readonly model: unknown }).model)
}

describe('the published examples', () => {
  it('serve one backend', async () => {
    const { internlm, env } = await startProviders()
    const { url } = await startServing({
      env,
      files: {
        'config/config.yaml': `backends:
  internlm:
    type: internlm
    enabled: true
default_backend: internlm
`,
      },
    })

    const answer = await chat(url, { model: 'internlm/internlm2.5-latest' })

    expect(await textOf(answer)).toContain('You said: Hello')
    expect(modelsAsked(internlm)).toEqual(['internlm2.5-latest'])
  })

  it('serve several backends', async () => {
    const { internlm, openai, env } = await startProviders()
    const { url } = await startServing({
      env,
      files: {
        'config/config.yaml': `backends:
  openai:    { type: openai }
  internlm:  { type: internlm, enabled: true }
default_backend: openai
`,
      },
    })

    const statuses = [
      (await chat(url, { model: 'fake-chat' })).status,
      (await chat(url, { model: 'internlm:intern-s1' })).status,
    ]

    expect(statuses).toEqual([200, 200])
    expect(modelsAsked(openai)).toEqual(['fake-chat'])
    expect(modelsAsked(internlm)).toEqual(['intern-s1'])
  })
})

describe('flags that route', () => {
  it.each([
    ['--default-backend', 'internlm'],
    ['--backend', 'internlm:internlm2.5-latest'],
  ])('%s %s sends what names no backend there', async (...argv) => {
    const { internlm, openai, env } = await startProviders()
    const { url } = await startServing({ argv, env })

    const answer = await chat(url, { model: 'intern-s1' })

    expect(answer.status).toBe(200)
    expect(modelsAsked(internlm)).toEqual(['intern-s1'])
    expect(modelsAsked(openai)).toEqual([])
  })

  it('--force-model replaces the model and keeps the backend', async () => {
    const { internlm, openai, env } = await startProviders()
    const { url } = await startServing({
      argv: ['--backend', 'internlm', '--force-model', 'internlm2.5-latest'],
      env: { ...env, OPENAI_API_KEY: '' },
    })

    await chat(url, { model: 'gpt-4o' })
    await chat(url, { model: 'internlm:intern-s1' })

    expect(modelsAsked(internlm)).toEqual(['internlm2.5-latest', 'internlm2.5-latest'])
    expect(modelsAsked(openai)).toEqual([])
  })

  it('--static-route sends everything to one place', async () => {
    const { internlm, openai, env } = await startProviders()
    const { url } = await startServing({
      argv: ['--static-route', 'internlm:intern-latest'],
      env: { ...env, LLM_BACKEND: 'openai' },
    })

    await chat(url, { model: 'openai:fake-chat' })
    await chat(url, { model: 'anything' })

    expect(modelsAsked(internlm)).toEqual(['intern-latest', 'intern-latest'])
    expect(modelsAsked(openai)).toEqual([])
  })

  it('without them, several backends start with a warning, and an unknown model is told of', async () => {
    const { env } = await startProviders()
    const serving = await startServing({ env })

    const answer = await chat(serving.url, { model: 'nobody-lists-this' })

    expect(serving.printed()).toContain('no default among internlm, openai')
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      error: { code: 'model_not_found', message: expect.stringMatching(/internlm.*openai/) },
    })
  })
})

describe('a start that fails', () => {
  it.each([
    ['a bad configuration', ['--port', '-1'], {}],
    ['an unknown backend', [], { LLM_BACKEND: 'openai' }],
    ['an address that this machine lacks', ['--host', '203.0.113.7', '--api-key', 'k'], {}],
  ])('leaves nothing open after %s', async (_, argv, env) => {
    const before = process.getActiveResourcesInfo().toSorted()

    const { code, stdout, stderr } = await runToEnd({ argv, env })

    expect(code).toBeGreaterThan(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/\S/)
    // A handle is listed until its `close` has been told.
    await expect.poll(() => process.getActiveResourcesInfo().toSorted()).toEqual(before)
  })

  it('says what can be done about an address that this machine lacks', async () => {
    const { code, stderr } = await runToEnd({
      argv: ['--host', '203.0.113.7', '--port', '0', '--api-key', 'k'],
    })

    expect(code).toBe(1)
    expect(stderr).toBe(
      'Cannot listen on 203.0.113.7 port 0: this machine has no such address. Choose another one with --host.\n',
    )
  })
})

describe('paths that nothing answers', () => {
  it.each([
    ['POST', '/nothing', 'text/xml', '<a/>'],
    ['POST', '/nothing', 'application/json', '{'],
    ['DELETE', '/', undefined, undefined],
    ['PUT', '/v2', 'application/json', '[]'],
  ])('are 404 whatever comes with %s %s', async (method, path, type, body) => {
    const { url } = await startServing()

    const answer = await fetch(`${url}${path}`, {
      method,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      ...(body === undefined ? {} : { body }),
    })

    expect(answer.status).toBe(404)
    expect(JSON.stringify(await answer.json())).toContain(`There is nothing at ${method} ${path}.`)
  })
})
