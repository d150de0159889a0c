import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callIdOf, create, errorOf, told } from './create.ts'
import {
  type BackendName,
  keepingBackends,
  type StoredWorld,
  startStoredWorld,
  violationsOf,
  weatherTool,
} from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Without what the library adds. */
function document(response: OpenAI.Responses.Response): unknown {
  const { _request_id, output_text, ...rest } = plain(response) as Record<string, unknown>
  return rest
}

async function eventsOf(stream: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>) {
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

function ask(input: string, params: Partial<OpenAI.Responses.ResponseCreateParams> = {}) {
  const body = { model: 'chat:fake-chat', input, ...params }
  return world.client.responses.create({ ...body, stream: false })
}

describe('an answer that the gateway keeps', () => {
  it.each(keepingBackends)('is retrieved as it was given, from %s', async (backend) => {
    const model = `${backend}:fake-chat`
    const given = await world.client.responses.create({
      model,
      input: 'Hello',
      metadata: { a: 'b' },
    })
    const requests = world.bodies(backend).length

    const retrieved = await world.client.responses.retrieve(given.id)

    expect(document(retrieved)).toEqual(document(given))
    expect(retrieved).toHaveProperty('store', true)
    expect(world.bodies(backend)).toHaveLength(requests)
  })

  it.each(keepingBackends)('is retrieved whole after it was streamed, from %s', async (backend) => {
    const model = `${backend}:fake-chat`
    const tools = [weatherTool]
    const params = { model, input: 'weather', tools, stream: true } as const
    const events = await eventsOf(await world.client.responses.create(params))
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error(`it ended with ${last?.type}`)

    const retrieved = await world.client.responses.retrieve(last.response.id)

    expect(document(retrieved)).toEqual(document(last.response))
  })

  it('can be streamed once more, from any event on', async () => {
    const { id } = await ask('one two three')

    const all = await eventsOf(await world.client.responses.retrieve(id, { stream: true }))
    const rest = await eventsOf(
      await world.client.responses.retrieve(id, { stream: true, starting_after: 3 }),
    )

    expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, index) => index))
    expect(all.at(-1)).toMatchObject({ type: 'response.completed', response: { id } })
    expect(rest).toEqual(all.slice(4))
    const end = await world.client.responses.retrieve(id, {
      stream: true,
      starting_after: all.length,
    })
    expect(await eventsOf(end)).toEqual([])
  })

  it.each(['-3', 'x', '1.5'])('is not streamed from event %s on', async (after) => {
    const { id } = await ask('Hello')

    const answer = await fetch(
      `${world.gateway.url}/v1/responses/${id}?stream=true&starting_after=${after}`,
    )

    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', param: 'starting_after' } },
    ])
  })

  it('is gone when it was deleted, also for those that go on with it', async () => {
    const first = await ask('Hello')
    const second = await ask('Again', { previous_response_id: first.id })

    await world.client.responses.delete(first.id)

    const errors = await Promise.all([
      errorOf(world.client.responses.retrieve(first.id)),
      errorOf(world.client.responses.delete(first.id)),
      errorOf(world.client.responses.inputItems.list(first.id)),
      errorOf(ask('More', { previous_response_id: first.id })),
    ])
    expect(errors.map(told).map(({ status, code }) => [status, code])).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
      [404, 'not_found'],
      [400, 'previous_response_not_found'],
    ])
    const third = await ask('And more', { previous_response_id: second.id })
    expect(third.output_text).toBe('You said: And more')
    expect(JSON.stringify(world.bodies('chat').at(-1))).toContain('Hello')
  })

  it('cannot be cancelled: nothing of it runs in the background', async () => {
    const { id } = await ask('Hello')

    const error = told(await errorOf(world.client.responses.cancel(id)))

    expect(error).toMatchObject({ name: 'BadRequestError', status: 400 })
    expect(error['message']).toMatch(/background/)
  })

  it.each(keepingBackends)(
    'is there at once although it was asked for in the background, of %s',
    async (backend) => {
      const params = { model: `${backend}:fake-chat`, input: 'Hello', background: true }

      const { data, response } = await world.client.responses.create(params).withResponse()

      expect(response.headers.get('x-jackfield-dropped')).toBe('background')
      expect([data.status, data.output_text]).toEqual(['completed', 'You said: Hello'])
      expect((await world.client.responses.retrieve(data.id)).status).toBe('completed')
    },
  )

  it.each(['conversation', 'prompt'])(
    'is not made of a %s that a provider stores',
    async (name) => {
      const value = name === 'prompt' ? { id: 'pmpt_1' } : 'conv_1'

      const error = told(await errorOf(ask('Hello', { [name]: value })))

      expect(error).toMatchObject({ status: 400, code: 'unsupported_capability', param: name })
    },
  )

  it('is not kept with `store: false`, and says so', async () => {
    const whole = await ask('Hello', { store: false })
    const params = { model: 'chat:fake-chat', input: 'Hello', store: false }
    const streamed = await create(world.client, params, { stream: true })

    for (const answer of [whole, streamed]) expect(answer).toHaveProperty('store', false)
    for (const { id } of [whole, streamed]) {
      expect(await errorOf(world.client.responses.retrieve(id))).toBeInstanceOf(
        OpenAI.NotFoundError,
      )
      expect(told(await errorOf(ask('More', { previous_response_id: id })))).toMatchObject({
        name: 'BadRequestError',
        code: 'previous_response_not_found',
        param: 'previous_response_id',
      })
    }
  })

  it('goes on without being kept where only the first was to be kept', async () => {
    const first = await ask('Hello')

    const second = await ask('Again', { previous_response_id: first.id, store: false })

    expect(second.output_text).toBe('You said: Again')
    expect(await errorOf(world.client.responses.retrieve(second.id))).toBeInstanceOf(
      OpenAI.NotFoundError,
    )
  })

  it('is kept with what ended it: a limit', async () => {
    const given = await ask('one two three four', { max_output_tokens: 16 })
    const cut = await world.client.responses.create({
      model: 'chat:fake-chat',
      input: Array.from({ length: 40 }, (_, index) => `word${index}`).join(' '),
      max_output_tokens: 16,
    })

    const retrieved = await world.client.responses.retrieve(cut.id)

    expect(given.status).toBe('completed')
    expect(retrieved.incomplete_details).toEqual({ reason: 'max_output_tokens' })
    const events = await eventsOf(await world.client.responses.retrieve(cut.id, { stream: true }))
    expect(events.at(-1)?.type).toBe('response.incomplete')
  })

  it('is given, but not kept, when it is larger than what is kept', async () => {
    const given = await ask('x'.repeat(4_300_000))

    expect(given.status).toBe('completed')
    expect(told(await errorOf(ask('More', { previous_response_id: given.id })))).toMatchObject({
      code: 'previous_response_not_found',
    })
  })

  it('forks: two can go on with the same answer', async () => {
    const first = await ask('Hello')

    const [left, right] = await Promise.all([
      ask('Left', { previous_response_id: first.id }),
      ask('Right', { previous_response_id: first.id }),
    ])
    const again = await ask('More', { previous_response_id: left.id })

    const shown = JSON.stringify(world.bodies('chat').at(-1))
    expect([left.output_text, right.output_text]).toEqual(['You said: Left', 'You said: Right'])
    expect(again.output_text).toBe('You said: More')
    expect(shown).toContain('Left')
    expect(shown).not.toContain('Right')
  })

  it('goes on at another backend, whatever protocol that has', async () => {
    const path: readonly BackendName[] = ['anthropic', 'chat', 'gemini', 'responses']
    const tools = [weatherTool]
    let last = await ask('weather please', { model: 'gemini:fake-chat', tools })
    last = await ask('', {
      model: 'chat:fake-chat',
      tools,
      previous_response_id: last.id,
      input: [{ type: 'function_call_output', call_id: callIdOf(last), output: 'sunny' }],
    })

    for (const backend of path) {
      const model = `${backend}:fake-chat`
      last = await ask(`At ${backend}`, { model, previous_response_id: last.id })
      expect(last.output_text).toBe(`You said: At ${backend}`)
      const shown = JSON.stringify(world.bodies(backend).at(-1))
      for (const text of ['weather please', 'sunny', 'Tool results']) expect(shown).toContain(text)
    }
  })
})

describe('ids that nobody knows', () => {
  it.each([
    ['one that looks like one', 'resp_unknown'],
    ['one of a strange form', 'ümläut/%2F ?#'],
    ['a long one', 'r'.repeat(5_000)],
  ])('are refused: %s', async (_, id) => {
    const errors = await Promise.all([
      errorOf(world.client.responses.retrieve(id)),
      errorOf(world.client.responses.cancel(id)),
      errorOf(world.client.responses.delete(id)),
      errorOf(world.client.responses.inputItems.list(id)),
      errorOf(ask('More', { previous_response_id: id })),
    ])

    expect(errors.map(told).map(({ name, code }) => [name, code])).toEqual([
      ...Array.from({ length: 4 }, () => ['NotFoundError', 'not_found']),
      ['BadRequestError', 'previous_response_not_found'],
    ])
  })

  it('are refused in a stream’s request with a status, not in a stream', async () => {
    const params = { model: 'chat:fake-chat', input: 'x', previous_response_id: 'resp_unknown' }

    const error = await errorOf(world.client.responses.create({ ...params, stream: true }))

    expect(told(error)).toMatchObject({ status: 400, code: 'previous_response_not_found' })
  })
})

describe('all streams of kept answers', () => {
  it('held the rules of the protocol', () => {
    expect(violationsOf(world.gateway)).toEqual([])
  })
})
