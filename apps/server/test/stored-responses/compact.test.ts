import { startOpenAIResponsesFake } from '@jackfield/testkit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../end-to-end/harness.ts'
import { errorOf, told } from './create.ts'
import { keepingBackends, responsesClient, type StoredWorld, startStoredWorld } from './world.ts'

let world: StoredWorld

beforeAll(async () => {
  world = await startStoredWorld()
})

afterAll(() => world.close())

const model = 'responses:fake-chat'

describe('compaction', () => {
  it('of a conversation that the provider stores is done there, and goes on', async () => {
    const { responses } = world.client
    const first = await responses.create({ model, input: 'Hello' })

    const compacted = await responses.compact({ model, previous_response_id: first.id, input: 'x' })
    const input = [...compacted.output, { role: 'user', content: 'More' }]
    const next = await responses.create({ model, input: input as typeof compacted.output & [] })

    expect(compacted.output.map(({ type }) => type)).toEqual(['message', 'message', 'compaction'])
    expect(next.output_text).toBe('You said: More')
  })

  it('of a conversation that the gateway keeps is done with all of it', async () => {
    const { responses } = world.client
    const { id } = await responses.create({ model: 'chat:fake-chat', input: 'Hello' })

    const compacted = await responses.compact({ model, previous_response_id: id, input: 'x' })

    expect(JSON.stringify(compacted.output)).toContain('Hello')
    expect(world.bodies('responses').at(-1)).not.toHaveProperty('previous_response_id')
  })

  it.each(keepingBackends)('is refused where nobody does it: %s', async (backend) => {
    const ask = { model: `${backend}:fake-chat` as typeof model, input: 'x' }

    const error = told(await errorOf(world.client.responses.compact(ask)))

    expect(error).toMatchObject({ status: 400, code: 'unsupported_capability' })
  })

  it.each(['application/json', 'text/plain'])(
    'of somebody else’s conversation is refused, sent as %s',
    async (type) => {
      const fake = await startOpenAIResponsesFake({})
      onTestFinished(() => fake.close())
      const openai = {
        type: 'openai',
        dialect: 'openai-responses',
        base_url: fake.baseUrl,
        api_key: 'sk-fake',
      }
      const gateway = await startGateway(
        stringify({ backends: { openai }, api_keys: ['sk-alice', 'sk-bob'] }),
      )
      const alice = responsesClient(gateway, 'sk-alice')
      const { id } = await alice.responses.create({ model: 'fake-chat', input: 'Secret' })

      const answer = await fetch(`${gateway.url}/v1/responses/compact`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-bob', 'content-type': type },
        body: JSON.stringify({ model: 'fake-chat', previous_response_id: id, input: 'x' }),
      })

      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { error: { code: 'previous_response_not_found' } },
      ])
      expect(fake.server.requests).toHaveLength(1)
    },
  )
})
