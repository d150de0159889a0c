import { describe, expect, it } from 'vitest'
import { dialects, type Turn } from '../compatibility/client.ts'
import { asked, startWorld } from './world.ts'

const schema = {
  type: 'object',
  properties: { complexity: { type: 'integer' } },
  required: ['complexity'],
  additionalProperties: false,
} as const

describe.each(dialects)('a request that demands an answer in a form, %s', (dialect) => {
  const start = async (stream: boolean) => {
    const world = await startWorld(dialect)
    const ask = (turns: readonly Turn[]) => world.client.ask({ turns, schema }, { stream })
    return { ...world, ask }
  }

  it.each([false, true])(
    'is refused when it is nothing but a command, and executes nothing, streamed: %s',
    async (stream) => {
      const { ask, client, a, b } = await start(stream)

      await expect(ask([{ user: '!/backend(b)' }])).rejects.toThrow(
        'The gateway cannot answer a command in the form that this request demands.',
      )
      await expect(ask([{ user: '!/set(wrong=1) Hello' }])).rejects.toThrow('There is no setting')

      expect(asked(a)).toHaveLength(0)
      const told = await client.ask({ turns: [{ user: '!/backend(b)' }] }, { stream })
      expect(told.text).toBe('Backend changed to b.')
      expect(asked(b)).toHaveLength(0)
    },
  )

  it('has its prompt answered in that form when a command stands beside it', async () => {
    const { ask, a, b } = await start(false)

    const { text } = await ask([{ user: '!/oneoff(b:third) How hard is this?' }])

    expect(JSON.parse(text)).toEqual({ complexity: expect.any(Number) })
    expect([asked(a).length, asked(b).length]).toEqual([0, 1])
    expect(asked(b)[0]?.text()).not.toContain('!/')
  })
})
