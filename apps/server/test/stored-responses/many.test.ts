import { startOpenAIChatFake } from '@jackfield/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway } from '../end-to-end/harness.ts'
import { create } from './create.ts'
import {
  allBackends,
  type BackendName,
  responsesClient,
  startStoredWorld,
  violationsOf,
} from './world.ts'

describe('a hundred conversations at once', () => {
  it('never mix', async () => {
    const world = await startStoredWorld()
    onTestFinished(() => world.close())
    const talk = async (number: number) => {
      const backend = allBackends[number % allBackends.length] as BackendName
      const model = `${backend}:fake-chat`
      let previous_response_id: string | null = null
      for (const turn of [1, 2, 3]) {
        const input = `secret-${number}-${turn}.`
        const answer = await create(
          world.client,
          { model, input, previous_response_id },
          { stream: (number + turn) % 2 === 0 },
        )
        expect(answer.output_text).toBe(`You said: ${input}`)
        previous_response_id = answer.id
      }
      const items = await world.client.responses.inputItems.list(String(previous_response_id), {
        order: 'asc',
      })
      return JSON.stringify(items.data)
    }

    const talks = await Promise.all(Array.from({ length: 100 }, (_, number) => talk(number)))

    for (const [number, text] of talks.entries()) {
      const secrets = text.match(/secret-\d+-\d/g) ?? []
      expect(secrets).toHaveLength(5)
      expect(new Set(secrets)).toEqual(new Set([1, 2, 3].map((turn) => `secret-${number}-${turn}`)))
    }
    expect(violationsOf(world.gateway)).toEqual([])
  })
})

describe('thousands of kept answers', () => {
  it('cost a bounded amount of memory: the oldest are forgotten', async () => {
    const fake = await startOpenAIChatFake({})
    onTestFinished(() => fake.close())
    const gateway = await startGateway(
      stringify({
        backends: {
          chat: { type: 'openai-compatible', base_url: fake.baseUrl, api_key: 'sk-fake' },
        },
        max_stored: '8MB',
      }),
    )
    const client = responsesClient(gateway)
    const ids: string[] = []
    const text = 'x'.repeat(20_000)
    const ask = async (number: number) => {
      const { id } = await client.responses.create({
        model: 'fake-chat',
        input: `${number} ${text}`,
      })
      ids.push(id)
    }
    for (let number = 0; number < 2_000; number += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, more) => ask(number + more)))
    }
    const status = async (id = '') => (await fetch(`${gateway.url}/v1/responses/${id}`)).status

    expect([await status(ids[0]), await status(ids[500]), await status(ids.at(-1))]).toEqual([
      404, 404, 200,
    ])
  })
})
