import type OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { create, errorOf, told } from '../stored-responses/create.ts'
import {
  allBackends,
  type BackendName,
  keepingBackends,
  type StoredWorld,
  startStoredWorld,
  violationsOf,
} from '../stored-responses/world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

/** Somebody who continues the answer before, and sends nothing but what is new. */
class Continued {
  readonly #model: string
  readonly #stream: boolean
  #last: string | undefined

  constructor(backend: BackendName, stream = false) {
    this.#model = `${backend}:fake-chat`
    this.#stream = stream
  }

  async say(input: string): Promise<OpenAI.Responses.Response> {
    const continues = this.#last === undefined ? {} : { previous_response_id: this.#last }
    const params = { model: this.#model, input, ...continues }
    const answer = await create(world.client, params, { stream: this.#stream })
    this.#last = answer.id
    return answer
  }
}

/** The requests for answers that a provider got since. */
function since(backend: BackendName, before: number) {
  return world.bodies(backend).slice(before)
}

const ways = [false, true].flatMap((stream) => allBackends.map((name) => [name, stream] as const))

describe('commands in a conversation by previous_response_id', () => {
  it.each(ways)('at %s, streamed: %s: a turn that never was', async (backend, stream) => {
    const before = world.bodies(backend).length
    const chat = new Continued(backend, stream)

    const first = await chat.say('first question')
    const reply = await chat.say('!/temperature(0.5)')
    const help = await chat.say('!/help(temperature)')
    const second = await chat.say('second question')
    await chat.say('!/temperature(0.25) third question')

    expect(reply.output_text).toBe('Temperature set to 0.5.')
    expect([reply.previous_response_id, help.previous_response_id]).toEqual([first.id, reply.id])
    expect(second).toMatchObject({
      output_text: 'You said: second question',
      // What is forwarded tells what the provider was told.
      previous_response_id: backend === 'responses' ? first.id : help.id,
    })
    const bodies = since(backend, before)
    expect(bodies).toHaveLength(3)
    expect(JSON.stringify(bodies)).not.toMatch(/!\/|Temperature set|Sets the sampling/)
    expect(JSON.stringify(bodies[1])).toMatch(/"temperature":0\.5/)
    expect(JSON.stringify(bodies[2])).toMatch(/"temperature":0\.25/)
    expect(violationsOf(world.gateway)).toEqual([])
  })

  it('a Responses provider is told to continue its own answer before the command', async () => {
    const before = world.bodies('responses').length
    const chat = new Continued('responses')

    const first = await chat.say('a question to Responses')
    await chat.say('!/help')
    await chat.say('second question')

    expect(since('responses', before).at(-1)).toEqual({
      model: 'fake-chat',
      previous_response_id: first.id,
      input: 'second question',
    })
  })

  it.each(keepingBackends)('%s is shown all of it but the commands', async (backend) => {
    const before = world.bodies(backend).length
    const chat = new Continued(backend)

    for (const text of ['first question', '!/help', 'second question', '!/hello', 'third']) {
      await chat.say(text)
    }

    const shown = JSON.stringify(since(backend, before).at(-1))
    expect(shown).toMatch(
      /first question.*You said: first question.*second question.*You said: second question.*third/,
    )
    expect(shown).not.toMatch(/Commands:|This is Jackfield|!\//)
  })

  it.each(allBackends)('at %s: a command may be the first turn', async (backend) => {
    const before = world.bodies(backend).length
    const chat = new Continued(backend)

    await chat.say('!/temperature(0.5)')
    const first = await chat.say('first question')

    expect(first.output_text).toBe('You said: first question')
    const [body] = since(backend, before)
    expect(body).not.toHaveProperty('previous_response_id')
    expect(JSON.stringify(body)).toMatch(/"temperature":0\.5/)
  })

  it.each(allBackends)(
    'at %s: two branches of a conversation are two sessions',
    async (backend) => {
      const model = `${backend}:fake-chat`
      const ask = (input: string, previous_response_id?: string) =>
        world.client.responses.create({
          model,
          input,
          ...(previous_response_id === undefined ? {} : { previous_response_id }),
        })
      const first = await ask('first question')
      const other = await ask('quite another question')

      await ask('!/temperature(0.125)', first.id)
      await ask('again', other.id)

      expect(JSON.stringify(world.bodies(backend).at(-1))).not.toContain('0.125')
    },
  )
})

describe.each(allBackends)('an answer of the gateway to a command, at %s', (backend) => {
  it('can be looked up and deleted, with what was asked', async () => {
    const chat = new Continued(backend)
    await chat.say('first question')
    const { id } = await chat.say('!/help(hello)')
    const before = world.bodies(backend).length

    const found = await world.client.responses.retrieve(id)
    const items = await world.client.responses.inputItems.list(id)
    await world.client.responses.delete(id)
    const gone = told(await errorOf(world.client.responses.retrieve(id)))

    expect(found.output_text).toContain('Format: !/hello')
    expect(JSON.stringify(items.data)).toContain('!/help(hello)')
    expect(gone).toMatchObject({ status: 404 })
    expect(world.bodies(backend)).toHaveLength(before)
  })
})
