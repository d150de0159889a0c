import { reply } from '@jackfield/testkit'
import { describe, expect, it } from 'vitest'
import { setUp } from './set-up.ts'

const shapes = {
  '{msgCode, msg}': (message: string) => ({ msgCode: 'C1', msg: message }),
  '{error: text}': (message: string) => ({ error: message }),
  'the OpenAI envelope': (message: string) => ({ error: { message, type: 'x', code: null } }),
} as const

const statuses: readonly (readonly [upstream: number, client: number])[] = [
  [400, 400],
  [404, 404],
  [429, 429],
  [500, 502],
  [503, 503],
]

describe('errors of the provider', () => {
  const cases = Object.entries(shapes).flatMap(([name, shape]) =>
    statuses.map(([upstream, client]) => ({ name, shape, upstream, client })),
  )

  it.each(cases)('become words: $upstream with $name', async ({ shape, upstream, client }) => {
    await using there = await setUp()
    const headers = { 'x-should-retry': 'false' }
    there.fake.server.respondWith(reply(upstream, shape('The moon is full.'), headers))

    const { status, json } = await there.chat()

    expect(status).toBe(client)
    expect(json).toMatchObject({ error: { message: expect.stringContaining('The moon is full.') } })
  })

  it.each(Object.entries(shapes))('become words inside a 200: %s', async (_, shape) => {
    await using there = await setUp()
    there.fake.server.respondWith(reply(200, shape('The moon is full.')))

    const { status, json } = await there.chat()

    expect(status).toBeGreaterThanOrEqual(400)
    expect(json).toMatchObject({ error: { message: expect.stringContaining('The moon is full.') } })
  })

  it.each(['msg-code', 'error-text', 'openai'] as const)(
    'about the model leave the key alone (%s)',
    async (errorShape) => {
      await using there = await setUp({ fake: { errorShape } })

      const { status } = await there.chat({ model: 'internlm/none' })

      expect(status).toBe(404)
      expect(there.gateway.health().readyTargets).toBe(1)
    },
  )
})
