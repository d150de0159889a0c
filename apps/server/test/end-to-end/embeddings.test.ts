import { startAnthropicFake, startGeminiFake, startOpenAIChatFake } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Clients, clientsOf, errorOf, statusOf } from './clients.ts'
import { openGateway, type TestGateway } from './harness.ts'

let gateway: TestGateway
let clients: Clients
let fakes: Awaited<ReturnType<typeof startFakes>>

async function startFakes() {
  return {
    openai: await startOpenAIChatFake({}),
    gemini: await startGeminiFake({}),
    anthropic: await startAnthropicFake({}),
  }
}

beforeAll(async () => {
  fakes = await startFakes()
  const { openai, gemini, anthropic } = fakes
  const key = { api_keys: ['sk-fake'] }
  gateway = await openGateway(
    stringify({
      backends: {
        openai: { type: 'openai-compatible', base_url: openai.baseUrl, ...key },
        gemini: { type: 'gemini', base_url: gemini.baseUrl, speaks: ['gemini'], ...key },
        anthropic: { type: 'anthropic', base_url: anthropic.baseUrl, ...key },
      },
      max_tries: 1,
    }),
  )
  clients = clientsOf(gateway.url)
})

afterAll(async () => {
  await gateway.close()
  await Promise.all(Object.values(fakes).map((fake) => fake.close()))
})

const inputs = ['one', 'two words', 'drei 漢字 🎐']
const providers = ['openai', 'gemini'] as const

const viaOpenAI = async (backend: string, input: string | string[], more: object = {}) => {
  const model = `${backend}:fake-embed`
  const { data } = await clients.openai.embeddings.create({ model, input, ...more })
  expect(data.map(({ index }) => index)).toEqual(data.map((_, index) => index))
  return data.map(({ embedding }) => embedding)
}

const viaGoogle = async (backend: string, contents: string | string[], config: object = {}) => {
  const model = `${backend}:fake-embed`
  const { embeddings = [] } = await clients.google.models.embedContent({ model, contents, config })
  return embeddings.map(({ values }) => values)
}

describe.each(providers)('vectors of a provider of %s', (backend) => {
  it('are the same for clients of OpenAI and of Google, one and many', async () => {
    const many = await viaOpenAI(backend, inputs)
    const one = await viaOpenAI(backend, 'one')

    expect(many).toHaveLength(3)
    expect(new Set(many.map(String)).size).toBe(3)
    expect(many[0]).toHaveLength(8)
    expect(one).toEqual(many.slice(0, 1))
    expect(await viaGoogle(backend, inputs)).toEqual(many)
    expect(await viaGoogle(backend, 'one')).toEqual(one)
  })

  it('have as many dimensions as were asked for', async () => {
    const [vector] = await viaOpenAI(backend, 'one', { dimensions: 3 })
    const [again] = await viaGoogle(backend, 'one', { outputDimensionality: 3 })

    expect(vector).toHaveLength(3)
    expect(again).toEqual(vector)
  })

  it('come as base64 to who asks for that', async () => {
    const [numbers] = await viaOpenAI(backend, 'one', { encoding_format: 'float' })
    const [text] = await viaOpenAI(backend, 'one', { encoding_format: 'base64' })

    if (typeof text !== 'string') throw new Error('it is no base64')
    const bytes = Buffer.from(text, 'base64')
    const floats = new Float32Array(new Uint8Array(bytes).buffer)
    expect([...floats]).toEqual(numbers)
  })

  it('are asked for with nothing that the provider does not know', async () => {
    await viaOpenAI(backend, inputs, { user: 'somebody', dimensions: 4 })
    await viaGoogle(backend, inputs, { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 4 })

    const sent = fakes[backend].server.requests.slice(-2).map((request) => request.text())
    if (backend === 'gemini') expect(sent[0]).not.toContain('somebody')
    if (backend === 'openai') expect(sent[1]).not.toContain('RETRIEVAL_QUERY')
    expect(sent.every((text) => text.includes('drei'))).toBe(true)
  })
})

describe('what has no vectors', () => {
  it('is a provider without embeddings: both libraries say so', async () => {
    const errors = [
      await errorOf(clients.openai.embeddings.create({ model: 'anthropic:m', input: 'one' })),
      await errorOf(clients.google.models.embedContent({ model: 'anthropic:m', contents: 'one' })),
    ]

    expect(errors.map(statusOf)).toEqual([400, 400])
    for (const error of errors) expect(String(error)).toContain('embeddings')
  })

  it('is a list of tokens at a provider that takes text only', async () => {
    const error = await errorOf(
      clients.openai.embeddings.create({ model: 'gemini:fake-embed', input: [1, 2, 3] }),
    )

    expect(statusOf(error)).toBe(400)
    expect(error).toMatchObject({ code: 'unsupported_capability' })
    expect(String(error)).toMatch(/embeds texts/)
  })

  it('is a request without input', async () => {
    const answer = await fetch(`${gateway.url}/v1/embeddings`, {
      method: 'POST',
      body: '{"model":"gemini:fake-embed"}',
    })

    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', param: 'input' } },
    ])
  })
})
