import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openGateway, type TestGateway } from '../end-to-end/harness.ts'
import { create } from './create.ts'
import { responsesClient, type StoredWorld, startStoredWorld } from './world.ts'

/** What the echo backend says of itself in a line of its answer. */
function lineOf({ output_text }: OpenAI.Responses.Response, name: string): string | undefined {
  const start = `${name}: `
  return output_text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
}

const sessionOf = (answer: OpenAI.Responses.Response) => lineOf(answer, 'session')

describe('the session of a conversation by previous_response_id', () => {
  let gateway: TestGateway
  let client: OpenAI

  beforeAll(async () => {
    gateway = await openGateway(stringify({ backends: { echo: { type: 'echo' } } }))
    client = responsesClient(gateway)
  })

  afterAll(() => gateway.close())

  const ask = (
    input: OpenAI.Responses.ResponseInput | string,
    previous?: OpenAI.Responses.Response,
    stream = false,
  ) => {
    const more = previous === undefined ? {} : { previous_response_id: previous.id }
    return create(client, { model: 'echo', input, ...more }, { stream })
  }

  it.each([false, true])('is one for three turns, streamed: %s', async (stream) => {
    const first = await ask('Hello', undefined, stream)
    const second = await ask([{ role: 'user', content: 'Again' }], first, stream)
    const third = await ask('And again', second, stream)
    const other = await ask('Good day', undefined, stream)

    expect(sessionOf(first)).toMatch(/^[\w-]{22}$/)
    expect([second, third].map(sessionOf)).toEqual([sessionOf(first), sessionOf(first)])
    expect(lineOf(third, 'messages')).toBe('3 user, 2 assistant')
    expect(sessionOf(other)).not.toBe(sessionOf(first))
  })

  it('is one for two that go on with the same answer', async () => {
    const first = await ask('Hello')

    const forks = await Promise.all(['Left', 'Right'].map((text) => ask(text, first)))

    expect(forks.map(sessionOf)).toEqual([sessionOf(first), sessionOf(first)])
  })

  it('is the one that a header names, from there on', async () => {
    const first = await ask('Hello')
    const headers = { 'x-jackfield-session': 'mine' }
    const body = { model: 'echo', input: 'Again', previous_response_id: first.id }
    const second = await client.responses.create(body, { headers })
    const third = await ask('And again', second)

    expect(sessionOf(second)).not.toBe(sessionOf(first))
    expect(sessionOf(third)).toBe(sessionOf(second))
  })
})

describe('a command in a conversation by previous_response_id', () => {
  let world: StoredWorld

  beforeAll(async () => {
    world = await startStoredWorld()
  })

  afterAll(() => world.close())

  it.each(['chat', 'responses'] as const)('holds for what follows, at %s', async (backend) => {
    const { client } = world
    const model = `${backend}:fake-chat`
    const first = await client.responses.create({ model, input: `Hello, ${backend}` })
    const steered = await client.responses.create({
      model,
      input: '!/temperature(0.7)',
      previous_response_id: first.id,
    })
    await client.responses.create({ model, input: 'Again', previous_response_id: steered.id })
    await client.responses.create({ model, input: 'Good day' })

    const [said, again, other] = world.bodies(backend).slice(-3)
    expect(said).not.toHaveProperty('temperature')
    expect(again).toHaveProperty('temperature', 0.7)
    expect(other).not.toHaveProperty('temperature')
  })

  it('holds where it was the first word', async () => {
    const { client } = world
    const model = 'chat:fake-chat'
    const steered = await client.responses.create({ model, input: '!/temperature(0.3)' })
    const params = { model, input: 'Hello', previous_response_id: steered.id }

    await client.responses.create(params)

    expect(world.bodies('chat').at(-1)).toHaveProperty('temperature', 0.3)
  })
})
