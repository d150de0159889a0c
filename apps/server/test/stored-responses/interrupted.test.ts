import {
  type OpenAIChatFake,
  type OpenAIResponsesFake,
  type ScriptStep,
  startOpenAIChatFake,
  startOpenAIResponsesFake,
} from '@jackfield/testkit'
import type OpenAI from 'openai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { loadTestConfig, startGateway } from '../end-to-end/harness.ts'
import { errorOf, told } from './create.ts'
import { responsesClient } from './world.ts'

const model = 'fake-chat'

/** Answers stop behind their first writes, until the gate is opened. */
const gated = (steps: readonly ScriptStep[]): readonly ScriptStep[] => [
  ...steps.slice(0, 6),
  { do: 'gate', name: 'rest' },
  ...steps.slice(6),
]

async function start(kind: 'kept' | 'pinned') {
  let play: (steps: readonly ScriptStep[]) => readonly ScriptStep[] = (steps) => steps
  const options = { play: (steps: readonly ScriptStep[]) => play(steps) }
  const fake: OpenAIChatFake | OpenAIResponsesFake =
    kind === 'kept' ? await startOpenAIChatFake(options) : await startOpenAIResponsesFake(options)
  onTestFinished(() => fake.close())
  const type = kind === 'kept' ? 'openai-compatible' : 'openai'
  const yaml = (more: object = {}) =>
    stringify({
      backends: {
        one: {
          type,
          base_url: fake.baseUrl,
          api_key: 'sk-fake',
          ...(kind === 'pinned' && { dialect: 'openai-responses' }),
        },
        ...more,
      },
      default_backend: 'one',
    })
  const gateway = await startGateway(yaml())
  return {
    fake,
    gateway,
    client: responsesClient(gateway),
    yaml,
    playing: (next: typeof play) => {
      play = next
    },
  }
}

/** A stream that is being read, from its first event on. */
async function begin(client: OpenAI, params: Partial<OpenAI.Responses.ResponseCreateParams> = {}) {
  const stream = await client.responses.create({
    model,
    input: 'one two three four five',
    ...params,
    stream: true,
  })
  const events = stream[Symbol.asyncIterator]()
  const first = (await events.next()).value
  if (first?.type !== 'response.created') throw new Error(`it began with ${first?.type}`)
  const rest = async () => {
    let last: OpenAI.Responses.ResponseStreamEvent | undefined
    for (let next = await events.next(); !next.done; next = await events.next()) last = next.value
    return last
  }
  return { id: first.response.id, stream, rest }
}

describe('a client that leaves in mid-stream', () => {
  it('has no answer where the gateway keeps it: half of one is none', async () => {
    const { client, fake, playing, gateway } = await start('kept')
    playing(gated)
    const { id, stream } = await begin(client)

    stream.controller.abort()
    await fake.server.waitForAbort(await fake.server.waitForRequest(1))
    await gateway.nextCall()

    expect(told(await errorOf(client.responses.retrieve(id)))['status']).toBe(404)
    const more = { model, input: 'More', previous_response_id: id }
    expect(told(await errorOf(client.responses.create(more)))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    })
  })

  it('can ask its provider what became of it, where that keeps answers', async () => {
    const { client, fake, playing, gateway } = await start('pinned')
    playing(gated)
    const { id, stream } = await begin(client)

    stream.controller.abort()
    await fake.server.waitForAbort(await fake.server.waitForRequest(1))
    await gateway.nextCall()

    expect((await client.responses.retrieve(id)).id).toBe(id)
  })

  it('is told 404 for a stream that was not to be stored', async () => {
    const { client, fake, playing, gateway } = await start('pinned')
    playing(gated)
    const { id, stream } = await begin(client, { store: false })

    stream.controller.abort()
    await fake.server.waitForAbort(await fake.server.waitForRequest(1))
    await gateway.nextCall()

    expect(told(await errorOf(client.responses.retrieve(id)))['status']).toBe(404)
  })
})

describe('a stream that is still running', () => {
  it('can be named already, where its provider keeps it: cancelled, polled', async () => {
    const { client, fake, playing } = await start('pinned')
    playing((steps) => [...steps.slice(0, 8), { do: 'gate', name: 'rest' }, ...steps.slice(8)])
    const { id, rest } = await begin(client, { background: true })

    const found = await client.responses.retrieve(id)
    const cancelled = await errorOf(client.responses.cancel(id))
    fake.server.gate('rest').open()
    const last = await rest()

    expect(found.id).toBe(id)
    expect(cancelled).toBeUndefined()
    expect(last?.type).toBe('response.completed')
  })

  it('is found by who goes on with it as soon as its last event is there', async () => {
    const { client, fake, playing } = await start('pinned')
    playing((steps) => [...steps.slice(0, -1), { do: 'gate', name: 'end' }, ...steps.slice(-1)])
    const stream = await client.responses.create({ model, input: 'Hello', stream: true })
    let id = ''
    for await (const event of stream) {
      if (event.type !== 'response.completed') continue
      id = event.response.id
      break
    }
    playing((steps) => steps)

    const more = await client.responses.create({ model, input: 'More', previous_response_id: id })
    fake.server.gate('end').open()

    expect(more.output_text).toBe('You said: More')
  })
})

describe('a provider that breaks off', () => {
  it('leaves no answer that could be named, where the gateway keeps them', async () => {
    const { client, playing } = await start('kept')
    playing((steps) => [...steps.slice(0, 6), { do: 'cut' }])
    const { id, rest } = await begin(client)

    await errorOf(rest())

    expect(told(await errorOf(client.responses.retrieve(id)))['status']).toBe(404)
  })
})

describe('a reload', () => {
  it.each(['kept', 'pinned'] as const)(
    'does not end a conversation, nor an answer that is being given (%s)',
    async (kind) => {
      const { client, fake, gateway, playing, yaml } = await start(kind)
      const first = await client.responses.create({ model, input: 'Hello' })
      playing(gated)
      const previous_response_id = first.id
      const second = await begin(client, { previous_response_id })

      const other = { type: 'openai-compatible', base_url: fake.baseUrl, api_key: 'sk-other' }
      await gateway.server.apply(await loadTestConfig(yaml({ other })))
      fake.server.gate('rest').open()
      const last = await second.rest()
      playing((steps) => steps)
      const third = await client.responses.create({
        model,
        input: 'More',
        previous_response_id: second.id,
      })
      const items = await client.responses.inputItems.list(third.id, { order: 'asc' })

      expect(last?.type).toBe('response.completed')
      expect(third.output_text).toBe('You said: More')
      expect(JSON.stringify(items.data)).toMatch(/Hello.*one two three four five.*More/)
    },
  )

  it('that takes the backend of a kept answer away lets it go on elsewhere', async () => {
    const { client, fake, gateway } = await start('kept')
    const { id } = await client.responses.create({ model, input: 'Hello' })
    const other = { type: 'openai-compatible', base_url: fake.baseUrl, api_key: 'sk-fake' }

    await gateway.server.apply(await loadTestConfig(stringify({ backends: { other } })))
    const more = await client.responses.create({ model, input: 'More', previous_response_id: id })

    expect(more.output_text).toBe('You said: More')
    expect(fake.server.requests.at(-1)?.text()).toContain('Hello')
  })
})
