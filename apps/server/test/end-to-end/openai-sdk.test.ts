import { type OpenAIChatFake, startOpenAIChatFake } from '@jackfield/testkit'
import OpenAI from 'openai'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startGateway, type TestGateway } from './harness.ts'
import { chatCases } from './sdk-cases.ts'

const cases = Object.entries(chatCases)

/** The official SDK against the fake provider directly, and against the gateway in front of it. */
interface Setup {
  readonly fake: OpenAIChatFake
  readonly gateway: TestGateway
  readonly direct: OpenAI
  readonly through: OpenAI
}

let setup: Setup

beforeEach(async () => {
  const fake = await startOpenAIChatFake({})
  onTestFinished(() => fake.close())
  const gateway = await startGateway('{}', {
    env: { OPENAI_API_KEY: 'sk-fake', OPENAI_API_BASE_URL: fake.baseUrl },
  })
  const direct = new OpenAI({ baseURL: fake.baseUrl, apiKey: 'sk-fake', maxRetries: 0 })
  const through = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'anything', maxRetries: 0 })
  setup = { fake, gateway, direct, through }
})

/** Without what the SDK adds from headers. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the OpenAI SDK gets the same through the gateway as from the provider', () => {
  it.each(cases)('chat: %s', async (_, request) => {
    const body = { ...request, model: 'fake-chat' }

    const [expected, actual] = await Promise.all(
      [setup.direct, setup.through].map((client) => client.chat.completions.create(body)),
    )

    expect(plain(actual)).toEqual(plain(expected))
  })

  it.each(cases)('chat, streamed: %s', async (_, request) => {
    const body = {
      ...request,
      model: 'fake-chat',
      stream: true,
      stream_options: { include_usage: true },
    } as const

    const [expected, actual] = await Promise.all(
      [setup.direct, setup.through].map(async (client) => {
        const chunks: unknown[] = []
        for await (const chunk of await client.chat.completions.create(body)) chunks.push(chunk)
        return chunks
      }),
    )

    expect(actual?.length).toBeGreaterThan(2)
    expect(plain(actual)).toEqual(plain(expected))
  })

  it.each(cases)('the SDK accumulates a stream to the whole answer: %s', async (_, request) => {
    const body = { ...request, model: 'fake-chat' }
    const whole = await setup.through.chat.completions.create(body)

    const streamed = await setup.through.chat.completions.stream(body).finalChatCompletion()

    expect(streamed.choices[0]?.message.content ?? '').toBe(whole.choices[0]?.message.content ?? '')
    expect(streamed.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason)
    expect(streamed.choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(
      whole.choices[0]?.message.tool_calls?.map(({ id }) => id),
    )
  })

  it.each(['float', 'base64', undefined] as const)('embeddings as %s', async (encoding) => {
    const body = {
      model: 'fake-embed',
      input: ['one', 'two'],
      ...(encoding === undefined ? {} : { encoding_format: encoding }),
    }

    const [expected, actual] = await Promise.all(
      [setup.direct, setup.through].map((client) => client.embeddings.create(body)),
    )

    expect(plain(actual)).toEqual(plain(expected))
  })

  it('legacy completions, streamed and not', async () => {
    const body = { model: 'fake-chat', prompt: 'Hello' }
    const read = async (client: OpenAI) => {
      const chunks: unknown[] = []
      for await (const chunk of await client.completions.create({ ...body, stream: true })) {
        chunks.push(chunk)
      }
      return [await client.completions.create(body), chunks]
    }

    const [expected, actual] = await Promise.all([read(setup.direct), read(setup.through)])

    expect(plain(actual)).toEqual(plain(expected))
  })

  it('lists models whose ids work', async () => {
    const ids: string[] = []
    for await (const model of setup.through.models.list()) ids.push(model.id)

    const one = await setup.through.models.retrieve(ids[0] ?? '')
    const answer = await setup.through.chat.completions.create({
      model: ids[0] ?? '',
      messages: [{ role: 'user', content: 'Hello' }],
    })

    expect(ids).toContain('fake-chat')
    expect(one).toMatchObject({ id: ids[0], object: 'model', owned_by: 'openai' })
    expect(answer.object).toBe('chat.completion')
  })

  it('raises the same class of error for the same mistake', async () => {
    const mistake = { model: 'fake-chat', messages: [], temperature: 9 }
    const errorOf = (client: OpenAI) =>
      client.chat.completions
        .create({ ...mistake, messages: [{ role: 'user', content: 'x' }] })
        .then(
          () => undefined,
          (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
        )

    const [expected, actual] = await Promise.all([errorOf(setup.direct), errorOf(setup.through)])

    expect(actual).toBeInstanceOf(OpenAI.BadRequestError)
    expect([actual?.status, actual?.code, actual?.param, actual?.message]).toEqual([
      expected?.status,
      expected?.code,
      expected?.param,
      expected?.message,
    ])
  })
})

describe('forwarded requests', () => {
  it('reach the provider byte for byte when nothing must change', async () => {
    const body =
      '{ "messages" : [ {"role":"user","content":"caf\\u00e9 \\/ 漢"} ] ,\n "zz_unknown": 1.0e+2, "model":"fake-chat" }'

    await fetch(`${setup.gateway.url}/v1/chat/completions`, { method: 'POST', body })

    expect(Buffer.from(setup.fake.server.requests[0]?.body ?? []).toString()).toBe(body)
  })

  it('differ in the model only when a backend prefix is taken off', async () => {
    const before = '{"temperature":0.10,"model":'
    const after = ',"messages":[{"role":"user","content":"Hi"}]}'

    await fetch(`${setup.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: `${before}"openai:fake-chat"${after}`,
    })

    expect(Buffer.from(setup.fake.server.requests[0]?.body ?? []).toString()).toBe(
      `${before}"fake-chat"${after}`,
    )
  })

  it('never carry the client’s credential', async () => {
    await fetch(`${setup.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer client-secret',
        'x-api-key': 'client-secret',
        cookie: 'client-secret',
      },
      body: '{"model":"fake-chat","messages":[{"role":"user","content":"Hi"}]}',
    })

    const request = setup.fake.server.requests[0]
    expect(JSON.stringify(request?.headers)).not.toContain('client-secret')
    expect(request?.headers['authorization']).toBe('Bearer sk-fake')
  })

  it('answer with the provider’s bytes', async () => {
    const body =
      '{"model":"fake-chat","stream":true,"messages":[{"role":"user","content":"one two three"}]}'
    const direct = await fetch(`${setup.fake.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-fake', 'content-type': 'application/json' },
      body,
    })

    const through = await fetch(`${setup.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body,
    })

    expect(await through.text()).toBe(await direct.text())
  })
})

describe('what an operator says a server refuses', () => {
  it('is left out of forwarded requests and named', async () => {
    const gateway = await startGateway(`
backends:
  local: { type: openai-compatible, base_url: "${setup.fake.baseUrl}", api_key: sk-fake, drop_parameters: [logit_bias, seed] }
`)

    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: '{"model":"fake-chat","seed":1,"messages":[{"role":"user","content":"Hi"}],"user":"me"}',
    })

    expect(answer.headers.get('x-jackfield-dropped')).toBe('seed')
    expect(Buffer.from(setup.fake.server.requests[0]?.body ?? []).toString()).toBe(
      '{"model":"fake-chat","messages":[{"role":"user","content":"Hi"}],"user":"me"}',
    )
  })
})
