import { startAnthropicFake, startGeminiFake, startOpenAIChatFake } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Clients, clientsOf, errorOf, statusOf } from './clients.ts'
import { openGateway, type TestGateway } from './harness.ts'

let gateway: TestGateway
let clients: Clients
let fakes: Awaited<ReturnType<typeof startFakes>>

const many = Array.from({ length: 30 }, (_, index) => `model-${index}`)

async function startFakes() {
  return {
    one: await startOpenAIChatFake({ models: [...many, 'vendor/with-slash'] }),
    two: await startAnthropicFake({ models: ['claude-x', 'model-1'] }),
    three: await startGeminiFake({ models: ['gemini-x', 'fake-embed'] }),
  }
}

beforeAll(async () => {
  fakes = await startFakes()
  const { one, two, three } = fakes
  const key = { api_keys: ['sk-fake'] }
  gateway = await openGateway(
    stringify({
      backends: {
        one: { type: 'openai-compatible', base_url: one.baseUrl, ...key },
        two: { type: 'anthropic', base_url: two.baseUrl, ...key },
        three: { type: 'gemini', base_url: three.baseUrl, ...key },
      },
    }),
  )
  clients = clientsOf(gateway.url)
})

afterAll(async () => {
  await gateway.close()
  await Promise.all(Object.values(fakes).map((fake) => fake.close()))
})

async function collect<Item>(
  list: AsyncIterable<Item>,
  nameOf: (item: Item) => string | undefined,
): Promise<readonly string[]> {
  const names: string[] = []
  for await (const item of list) names.push(nameOf(item) ?? '')
  return names
}

const listed = () => collect(clients.openai.models.list(), ({ id }) => id)

describe('lists of models', () => {
  it('have those of all backends, in every protocol the same', async () => {
    const names = await listed()

    const ofAnthropic = await collect(clients.anthropic.models.list(), ({ id }) => id)
    const ofGoogle = await collect(await clients.google.models.list(), ({ name }) =>
      name?.replace('models/', ''),
    )

    expect(names).toEqual(
      expect.arrayContaining([...many, 'vendor/with-slash', 'claude-x', 'gemini-x']),
    )
    expect(new Set(names).size).toBe(names.length)
    expect(ofAnthropic).toEqual(names)
    expect(ofGoogle).toEqual(names)
  })

  it('come in pages to who asks for pages, forwards and backwards', async () => {
    const names = await listed()

    const pages = await collect(clients.anthropic.models.list({ limit: 7 }), ({ id }) => id)
    const google = await collect(
      await clients.google.models.list({ config: { pageSize: 7 } }),
      ({ name }) => name?.replace('models/', ''),
    )
    const before = await clients.anthropic.models.list({ limit: 3, before_id: names[5] ?? '' })

    expect(pages).toEqual(names)
    expect(google).toEqual(names)
    expect(before.data.map(({ id }) => id)).toEqual(names.slice(2, 5))
  })

  it.each([
    ['/v1/models?limit=0', { 'anthropic-version': '2023-06-01' }, 'invalid_request_error'],
    ['/v1/models?after_id=nobody', { 'anthropic-version': '2023-06-01' }, 'invalid_request_error'],
    ['/v1beta/models?pageSize=-1', {}, 'INVALID_ARGUMENT'],
    ['/v1beta/models?pageToken=x', {}, 'INVALID_ARGUMENT'],
  ])('refuse a bad page: %s', async (path, headers, kind) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      headers: { ...headers } as Record<string, string>,
    })

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(kind)
  })

  it('are of OpenAI’s shape for who says nothing, of Anthropic’s for who sends a version', async () => {
    const read = async (path: string, headers: Readonly<Record<string, string>>) =>
      Object.keys((await (await fetch(`${gateway.url}${path}`, { headers })).json()) as object)

    expect(await read('/v1/models', {})).toEqual(['object', 'data'])
    expect(await read('/v1/models', { 'anthropic-version': '2023-06-01' })).toEqual([
      'data',
      'has_more',
      'first_id',
      'last_id',
    ])
    expect(await read('/anthropic/v1/models', {})).toContain('has_more')
    expect(await read('/v1beta/models', {})).toEqual(['models'])
  })
})

describe('one model', () => {
  it.each(['model-3', 'vendor/with-slash', 'claude-x', 'gemini-x'])('%s', async (id) => {
    const openai = await clients.openai.models.retrieve(id)
    const anthropic = await clients.anthropic.models.retrieve(id)
    const google = await clients.google.models.get({
      model: id.includes('/') ? `models/${id}` : id,
    })

    expect(openai).toMatchObject({ id, object: 'model' })
    expect(anthropic).toMatchObject({ id, type: 'model' })
    expect(google).toMatchObject({ name: `models/${id}` })
  })

  it('that nobody has is a 404 in every library', async () => {
    const id = 'nobody-has-this'
    const errors = [
      await errorOf(clients.openai.models.retrieve(id)),
      await errorOf(clients.anthropic.models.retrieve(id)),
      await errorOf(clients.google.models.get({ model: id })),
      await errorOf(clients.openai.responses.create({ model: id, input: 'Hi' })),
      await errorOf(
        clients.anthropic.messages.create({
          model: id,
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      ),
      await errorOf(clients.google.models.generateContent({ model: id, contents: 'Hi' })),
    ]

    expect(errors.map((error) => [(error as Error).constructor.name, statusOf(error)])).toEqual([
      ['NotFoundError', 404],
      ['NotFoundError', 404],
      ['ApiError', 404],
      ['NotFoundError', 404],
      ['NotFoundError', 404],
      ['ApiError', 404],
    ])
    for (const error of errors) expect(String(error)).toContain(id)
  })

  it('can be asked by the name that the list has, at its backend', async () => {
    const answer = await clients.openai.responses.create({ model: 'claude-x', input: 'Hi' })
    const other = await clients.google.models.generateContent({ model: 'model-3', contents: 'Hi' })

    expect([answer.output_text, other.text]).toEqual(['You said: Hi', 'You said: Hi'])
    expect(fakes.two.keysUsed()).toHaveLength(1)
    expect(fakes.one.keysUsed()).toHaveLength(1)
  })
})
