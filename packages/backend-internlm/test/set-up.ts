import { createGateway, type Gateway, type Headers, type JsonObject, Secret } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import {
  createTestClock,
  type InternLMFakeOptions,
  type KeyBehaviour,
  MemorySink,
  type OpenAIChatFake,
  startInternLMFake,
  type TestClock,
} from '@jackfield/testkit'
import internlm, { type InternLMOptions } from '../src/index.ts'

export interface SetUpOptions {
  /** How the provider treats each key. Default: one good key. */
  readonly keys?: readonly KeyBehaviour[]
  readonly fake?: Partial<InternLMFakeOptions>
  readonly options?: Partial<InternLMOptions>
}

/** A gateway with this backend in front of a fake InternLM. */
export interface SetUp extends AsyncDisposable {
  readonly fake: OpenAIChatFake
  readonly gateway: Gateway
  readonly clock: TestClock
  /** The texts of the keys, in order. */
  readonly keys: readonly string[]
  /** Starts a chat call. */
  start(body: JsonObject): Started
  /** A whole chat call. */
  chat(body?: JsonObject): Promise<Answered>
}

export interface Started {
  readonly sink: MemorySink
  readonly done: Promise<void>
  leave(): void
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, or the error in it. */
  readonly json: JsonObject
}

const hello: JsonObject = {
  model: 'internlm/intern-s1',
  messages: [{ role: 'user', content: 'Hello.' }],
}

export async function setUp(options: SetUpOptions = {}): Promise<SetUp> {
  const behaviour = options.keys ?? ['ok']
  const keys = behaviour.map((_, at) => `sk-intern-key-${at + 1}`)
  const fake = await startInternLMFake({
    keys: Object.fromEntries(keys.map((key, at) => [key, behaviour[at] ?? 'ok'])),
    ...options.fake,
  })
  const clock = createTestClock()
  const names = ['INTERNAI_API_KEY', 'INTERNAI_API_KEY_1', 'INTERNAI_API_KEY_2']
  const apiKeys = keys.map((key, at) => ({ name: names[at] ?? key, value: new Secret(key) }))
  const gateway = await createGateway({
    config: {
      backends: [
        {
          name: 'internlm',
          plugin: internlm,
          options: { base_url: fake.baseUrl, api_keys: apiKeys, ...options.options },
        },
      ],
    },
    clock,
  })
  const start = (body: JsonObject): Started => startChat(gateway, { ...hello, ...body })
  return {
    fake,
    gateway,
    clock,
    keys,
    start,
    async chat(body = {}) {
      const { sink, done } = start(body)
      await done
      return answered(sink)
    },
    async [Symbol.asyncDispose]() {
      await gateway.close({ graceMs: 0 })
      await fake.close()
    },
  }
}

/** The body of the latest chat request that the provider got. */
export function lastRequest({ fake }: SetUp): JsonObject {
  const request = fake.server.requests.findLast(({ path }) => path.endsWith('/chat/completions'))
  return request?.json() as JsonObject
}

function startChat(gateway: Gateway, body: JsonObject): Started {
  const sink = new MemorySink()
  const connection = new AbortController()
  const done = gateway.handle(
    {
      operation: 'chat',
      dialect: openaiChat,
      method: 'POST',
      path: '/v1/chat/completions',
      query: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      signal: connection.signal,
    },
    sink,
  )
  return { sink, done, leave: () => connection.abort() }
}

function answered({ status = 0, headers, text }: MemorySink): Answered {
  const isJson = String(headers['content-type']).startsWith('application/json')
  return { status, headers, text, json: isJson ? (JSON.parse(text) as JsonObject) : {} }
}
