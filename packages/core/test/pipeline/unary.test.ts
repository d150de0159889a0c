import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/call.ts'
import type { EmbeddingsRequest, EmbeddingsResponse } from '../../src/chat/embeddings.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { TokenCount } from '../../src/chat/token-count.ts'
import type { Dialect, UnaryCodec } from '../../src/dialect.ts'
import type { JsonObject } from '../../src/json-value.ts'
import { createFakeDialect } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, whole } from '../support/fake-provider.ts'

const parse = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString()) as JsonObject
const bytes = (value: object) => Buffer.from(JSON.stringify(value))

function counting(member: string, plain: Dialect): UnaryCodec<ChatRequest, TokenCount> {
  return {
    decodeRequest: plain.chat.decodeRequest,
    encodeRequest: ({ model }) => ({ body: { model, counts: member }, dropped: ['temperature'] }),
    decodeResponse: (body) => ({ inputTokens: Number(parse(body)[member]) }),
    encodeResponse: ({ inputTokens }) => bytes({ [member]: inputTokens }),
  }
}

const embeddings: UnaryCodec<EmbeddingsRequest, EmbeddingsResponse> = {
  decodeRequest: (body, head) => ({
    model: head.model ?? '',
    inputs: [String(parse(body)['text'])],
    single: true,
  }),
  encodeRequest: ({ model, inputs }) => ({
    body: { model, inputs: inputs.map(String) },
    dropped: [],
  }),
  decodeResponse: (body) => ({ vectors: [[Number(parse(body)['usage'])]] }),
  encodeResponse: ({ vectors }) => bytes({ vectors }),
}

function dialect(name: string, member?: string): Dialect {
  const plain = createFakeDialect(name)
  const operations = new Set([...plain.operations, 'count-tokens' as const])
  if (member === undefined) return { ...plain, operations }
  return { ...plain, operations, counting: counting(member, plain), embeddings }
}

const client = dialect('fake-a', 'mine')

async function setUp(
  spoken: Dialect,
  operations: readonly Operation[] = ['chat', 'count-tokens', 'embeddings'],
) {
  const provider = new FakeProvider({ dialect: spoken, operations })
  return { provider, fake: await fakeGateway({ backends: [provider.config()] }) }
}

describe('a token count', () => {
  const ask = { operation: 'count-tokens', dialect: client } as const

  it('is the provider’s own, in the client’s words', async () => {
    const { fake, provider } = await setUp(dialect('fake-b', 'theirs'))
    provider.script = () => whole('', { theirs: 42 } as object)

    const sink = await fake.ask(ask)

    expect(sink.json).toEqual({ mine: 42 })
    expect(provider.sent[0]?.body).toEqual({ model: 'm', counts: 'theirs' })
    expect(provider.sent[0]?.request).toMatchObject({ operation: 'count-tokens', framing: 'json' })
    expect(sink.headers).toMatchObject({ 'x-jackfield-dropped': 'temperature' })
    expect(sink.headers).not.toHaveProperty('x-jackfield-estimated')
  })

  it('is of the conversation as stages have changed it', async () => {
    const spoken = dialect('fake-b', 'theirs')
    const seen: unknown[] = []
    const { encodeRequest } = counting('theirs', spoken)
    const watched: Dialect = {
      ...spoken,
      counting: {
        ...counting('theirs', spoken),
        encodeRequest(request) {
          seen.push(request.messages[0]?.content)
          return encodeRequest(request)
        },
      },
    }
    const provider = new FakeProvider({ dialect: watched, operations: ['count-tokens'] }, () =>
      whole('', { theirs: 1 } as object),
    )
    const insert = { message: 0, text: 0, start: 0, end: 2, insert: 'changed' }
    const fake = await fakeGateway({
      backends: [provider.config()],
      stages: [{ name: 'edits', request: (call) => void call.edit(insert) }],
    })

    await fake.ask(ask)

    expect(seen).toEqual([[{ type: 'text', text: 'changed' }]])
  })

  it.each([
    ['whose protocol has none', dialect('fake-b'), ['chat', 'count-tokens']],
    ['that does not serve it', dialect('fake-b', 'theirs'), ['chat']],
  ] as const)('is estimated for a provider %s, and says so', async (_, spoken, operations) => {
    const { fake, provider } = await setUp(spoken, operations)

    const sink = await fake.ask({ ...ask, body: { model: 'm', text: 'word '.repeat(400) } })

    expect(sink.status).toBe(200)
    expect(sink.json).toEqual({ mine: 504 })
    expect(sink.headers).toMatchObject({ 'x-jackfield-estimated': 'input_tokens' })
    expect(provider.sent).toHaveLength(0)
    await fake.expectRest()
  })

  it('that a provider gives badly is its error', async () => {
    const { fake, provider } = await setUp(dialect('fake-b', 'theirs'))
    provider.script = () => whole('', { theirs: 42, done: 'no end' } as object)
    const broken: Dialect = {
      ...client,
      counting: {
        ...counting('mine', client),
        encodeResponse: () => {
          throw new TypeError('bug')
        },
      },
    }

    expect((await fake.ask({ ...ask, dialect: broken })).status).toBe(502)
  })
})

describe('embeddings', () => {
  it('are translated between dialects that both have them', async () => {
    const { fake, provider } = await setUp(dialect('fake-b', 'theirs'))
    provider.script = () => whole('', { usage: 7 })

    const sink = await fake.ask({
      operation: 'embeddings',
      dialect: client,
      body: { model: 'fake:e', text: 'x' },
    })

    expect(sink.json).toEqual({ vectors: [[7]] })
    expect(provider.sent[0]?.body).toEqual({ model: 'e', inputs: ['x'] })
  })

  it('are refused where one of them has none', async () => {
    const { fake } = await setUp(dialect('fake-b'))

    const sink = await fake.ask({ operation: 'embeddings', dialect: client, body: { model: 'm' } })

    expect(sink.json).toMatchObject({ code: 'unsupported_capability' })
  })
})
