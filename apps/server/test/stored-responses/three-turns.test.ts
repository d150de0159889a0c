import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callIdOf, create } from './create.ts'
import {
  allBackends,
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

/** Three turns with a tool, each told only what is new. */
async function converse(backend: BackendName, stream: boolean) {
  const { client } = world
  const model = `${backend}:fake-chat`
  const tools = [weatherTool]
  const first = await create(client, { model, tools, input: 'weather please' }, { stream })
  const second = await create(
    client,
    {
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: callIdOf(first), output: 'sunny' }],
    },
    { stream },
  )
  const third = await create(
    client,
    { model, previous_response_id: second.id, input: 'Thanks' },
    { stream },
  )
  return [first, second, third] as const
}

const ways = [false, true].flatMap((stream) => allBackends.map((name) => [name, stream] as const))

describe('a conversation of three turns by previous_response_id', () => {
  it.each(ways)('with a tool, at %s, streamed: %s', async (backend, stream) => {
    const [first, second, third] = await converse(backend, stream)

    expect(first.output.map(({ type }) => type)).toContain('function_call')
    expect(second.output_text).toBe('Tool results: sunny')
    expect(third.output_text).toBe('You said: Thanks')
    expect([first, second, third].map((answer) => answer.previous_response_id)).toEqual([
      null,
      first.id,
      second.id,
    ])
    expect(violationsOf(world.gateway)).toEqual([])
  })

  it.each(keepingBackends)('%s is shown all of it, in order and without ids', async (backend) => {
    const before = world.bodies(backend).length

    await converse(backend, false)

    const shown = JSON.stringify(world.bodies(backend).slice(before)[2])
    const said = ['weather please', 'sunny', 'Tool results: sunny', 'Thanks']
    const places = said.map((text) => shown.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(shown).not.toMatch(/previous_response_id|resp_|msg_|"store"/)
  })

  it('a Responses provider gets nothing but what is new', async () => {
    const before = world.bodies('responses').length

    const [, second] = await converse('responses', false)

    expect(world.bodies('responses').slice(before)[2]).toEqual({
      model: 'fake-chat',
      previous_response_id: second.id,
      input: 'Thanks',
    })
  })
})

describe('instructions', () => {
  it.each(allBackends)('hold for one answer only, at %s', async (backend) => {
    const model = `${backend}:fake-chat`
    const first = await world.client.responses.create({
      model,
      instructions: 'Speak like a pirate.',
      input: 'Hello',
    })

    const second = await world.client.responses.create({
      model,
      previous_response_id: first.id,
      input: 'Again',
    })

    const [one, two] = world.bodies(backend).slice(-2)
    expect(JSON.stringify(one)).toContain('pirate')
    expect(JSON.stringify(two)).not.toContain('pirate')
    expect([first.instructions, second.instructions]).toEqual(['Speak like a pirate.', null])
  })
})
