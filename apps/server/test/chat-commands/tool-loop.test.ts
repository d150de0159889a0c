import { describe, expect, it } from 'vitest'
import { dialects, type Turn } from '../compatibility/client.ts'
import { asked, modelOf, startWorld } from './world.ts'

const ways = dialects.flatMap((dialect) =>
  [false, true].flatMap((stream) =>
    [false, true].map((translated) => ({ dialect, stream, translated })),
  ),
)

describe.each(ways)(
  'a tool loop that begins with commands beside a prompt: $dialect, streamed: $stream, translated: $translated',
  ({ dialect, stream, translated }) => {
    /** A person asks, the model calls a tool, the client sends the result. */
    async function loop(prompt: string) {
      const world = await startWorld(dialect, { translated })
      const turns: Turn[] = [{ user: prompt }]
      const ask = async () => {
        const heard = await world.client.ask({ turns, tools: ['weather'] }, { stream })
        turns.push({ heard })
        return heard
      }
      const { calls } = await ask()
      turns.push({ results: calls.map(({ id, name }) => ({ id, name, text: 'sunny' })) })
      const last = await ask()
      return { ...world, ask, turns, calls, last }
    }

    it('executes them once', async () => {
      const { calls, last, a, ask, turns } = await loop('!/set(max-output-tokens=500) weather?')

      expect(calls).toHaveLength(1)
      expect(last.text).toBe('Tool results: sunny')
      turns.push({ user: '!/unset(max-output-tokens)' })
      expect((await ask()).text).toBe('Settings unset: max-output-tokens.')
      turns.push({ user: 'weather again?' })
      await ask()
      const bodies = asked(a).map((request) => request.text())
      expect(bodies.map((body) => body.includes('500'))).toEqual([true, true, false])
      for (const body of bodies) expect(body).not.toMatch(/!\/|Settings unset/)
    })

    it('uses a one-off route once', async () => {
      const { a, b, last } = await loop('!/oneoff(b:third) weather?')

      expect(last.text).toBe('Tool results: sunny')
      expect([asked(b).map(modelOf), asked(a).map(modelOf)]).toEqual([['third'], ['first']])
    })
  },
)
