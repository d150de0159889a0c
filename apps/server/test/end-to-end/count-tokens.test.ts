import {
  startAnthropicFake,
  startGeminiFake,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Clients, clientsOf, errorOf, statusOf } from './clients.ts'
import { openGateway, type TestGateway } from './harness.ts'

let gateway: TestGateway
let clients: Clients
let fakes: Readonly<Record<string, { readonly baseUrl: string; close(): Promise<void> }>>

beforeAll(async () => {
  fakes = {
    chat: await startOpenAIChatFake({}),
    responses: await startOpenAIResponsesFake({}),
    anthropic: await startAnthropicFake({}),
    gemini: await startGeminiFake({}),
  }
  const types: Readonly<Record<string, object>> = {
    chat: { type: 'openai-compatible' },
    responses: { type: 'openai', dialect: 'openai-responses' },
    anthropic: { type: 'anthropic' },
    gemini: { type: 'gemini', speaks: ['gemini'] },
  }
  const backends = Object.entries(fakes).map(([name, { baseUrl }]) => [
    name,
    { ...types[name], base_url: baseUrl, api_keys: ['sk-fake'] },
  ])
  gateway = await openGateway(stringify({ backends: Object.fromEntries(backends), max_tries: 1 }))
  clients = clientsOf(gateway.url)
})

afterAll(async () => {
  await gateway.close()
  await Promise.all(Object.values(fakes).map((fake) => fake.close()))
})

const text = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
const words = text.trim().split(/\s+/).length
const estimated = 'x-jackfield-estimated'

interface Counted {
  readonly tokens: number | undefined
  readonly estimated: string | null | undefined
}

type Count = (model: string) => Promise<Counted>

/** What a user of each library asks, with the same system prompt, turns and tool. */
const counts: Readonly<Record<string, Count>> = {
  anthropic: async (model) => {
    const { data, response } = await clients.anthropic.messages
      .countTokens({ model, messages: [{ role: 'user', content: text }] })
      .withResponse()
    return { tokens: data.input_tokens, estimated: response.headers.get(estimated) }
  },
  gemini: async (model) => {
    const answer = await clients.google.models.countTokens({ model, contents: text })
    return {
      tokens: answer.totalTokens,
      estimated: answer.sdkHttpResponse?.headers?.[estimated] ?? null,
    }
  },
  responses: async (model) => {
    const { data, response } = await clients.openai.responses.inputTokens
      .count({ model, input: text })
      .withResponse()
    return { tokens: data.input_tokens, estimated: response.headers.get(estimated) }
  },
}

const names = Object.keys(counts)
const counting = ['anthropic', 'gemini', 'responses']
const pairs = names.flatMap((client) => counting.map((backend) => [client, backend] as const))

describe('tokens', () => {
  it.each(pairs)('that a client of %s asks for are counted by %s', async (client, backend) => {
    const counted = await counts[client]?.(`${backend}:fake-chat`)

    // The fakes count words.
    expect(counted).toEqual({ tokens: words, estimated: null })
  })

  it.each(names)('are estimated for a client of %s where nobody counts', async (client) => {
    const counted = await counts[client]?.('chat:fake-chat')

    expect(counted?.estimated).toBe('input_tokens')
    expect(counted?.tokens).toBeGreaterThan(words * 0.8)
    expect(counted?.tokens).toBeLessThan(words * 2)
  })

  it('of the same conversation are estimated alike in every protocol', async () => {
    const model = 'chat:fake-chat'

    const tokens = [
      (
        await clients.anthropic.messages.countTokens({
          model,
          system: 'Be brief.',
          messages: [
            { role: 'user', content: text },
            { role: 'assistant', content: text },
            { role: 'user', content: 'And now?' },
          ],
        })
      ).input_tokens,
      (
        await clients.openai.responses.inputTokens.count({
          model,
          instructions: 'Be brief.',
          input: [
            { role: 'user', content: text },
            { role: 'assistant', content: text },
            { role: 'user', content: 'And now?' },
          ],
        })
      ).input_tokens,
    ]

    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toBeGreaterThan(words * 1.6)
  })

  it('of tools and pictures count too, in an estimate', async () => {
    const ask = (more: object) =>
      clients.anthropic.messages.countTokens({
        model: 'chat:fake-chat',
        messages: [{ role: 'user', content: 'Hi' }],
        ...more,
      })
    const tool = { name: 'weather', description: text, input_schema: { type: 'object' } } as const
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } as const

    const [plain, tools, picture] = [
      await ask({}),
      await ask({ tools: [tool] }),
      await ask({ messages: [{ role: 'user', content: [{ type: 'image', source }] }] }),
    ].map(({ input_tokens }) => input_tokens)

    expect(plain).toBeLessThan(20)
    expect(tools).toBeGreaterThan(words)
    expect(picture).toBeGreaterThan(500)
  })

  it('of a conversation that the gateway keeps are those of all its turns', async () => {
    const { responses } = clients.openai
    const countAt = async (model: string, previous_response_id: string) =>
      (await responses.inputTokens.count({ model, input: 'More', previous_response_id }))
        .input_tokens

    const { id } = await responses.create({ model: 'chat:fake-chat', input: text })
    const pinned = await responses.create({ model: 'responses:fake-chat', input: text })

    expect(await countAt('chat:fake-chat', id)).toBeGreaterThan(words * 1.6)
    expect(await countAt('anthropic:fake-chat', id)).toBe(2 * words + 3)
    expect(await countAt('responses:fake-chat', pinned.id)).toBe(2 * words + 3)
  })
})

describe('what cannot be counted', () => {
  it('is told by each protocol in its own words', async () => {
    const post = async (path: string, body: string) => {
      const answer = await fetch(`${gateway.url}${path}`, { method: 'POST', body })
      return [answer.status, await answer.json()] as const
    }
    const model = 'chat:fake-chat'

    expect(await post('/v1/messages/count_tokens', JSON.stringify({ model }))).toMatchObject([
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: expect.stringMatching('messages') },
      },
    ])
    expect(await post('/v1/responses/input_tokens', JSON.stringify({ model }))).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', param: 'input' } },
    ])
    expect(
      await post(`/v1beta/models/${model}:countTokens`, JSON.stringify({ contents: 7 })),
    ).toMatchObject([400, { error: { code: 400, status: 'INVALID_ARGUMENT' } }])
  })

  it.each(names)('has no model: the library of %s says so', async (client) => {
    const error = await errorOf(counts[client]?.('nobody-has-this') ?? Promise.resolve())

    expect(statusOf(error)).toBe(404)
  })
})
