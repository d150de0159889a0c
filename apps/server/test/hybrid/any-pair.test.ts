import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../compatibility/client.ts'
import type { Provider } from '../compatibility/provider.ts'
import { type HybridWorld, pairOf, startHybridWorld } from './world.ts'

let world: HybridWorld
beforeAll(async () => {
  world = await startHybridWorld()
})
afterAll(() => world.close())
afterEach(() => {
  expect(world.gateway.log.filter(({ msg }) => msg === 'answer breaks its protocol')).toEqual([])
})

const thought = ['Two and two ', 'make 4, ', 'not 5.']
const said = ['The answer', ' is 4.']

/** What a provider was asked last. */
function asked({ server }: Provider): string {
  return server.requests.at(-1)?.text() ?? ''
}

const streams = [true, false] as const
const pairs = dialects.flatMap((thinker) => dialects.map((writer) => [thinker, writer] as const))

describe.each(dialects)('a %s client', (dialect) => {
  describe.each(streams)('(stream: %s)', (stream) => {
    const ask = (thinker: DialectName, writer: DialectName, signal?: AbortSignal) =>
      world.client(dialect).ask(
        {
          model: pairOf(thinker, writer),
          system: 'Be exact.',
          turns: [{ user: 'What is 2 + 2?' }],
          ...(signal && { signal }),
        },
        { stream },
      )

    it.each(pairs)('is answered by a pair of %s and %s', async (thinker, writer) => {
      world.thinkers[thinker].say({ reasoning: thought, text: ['It', ' is', ' 4.'] })
      world.writers[writer].say({ text: said, usage: { input: 30, output: 5 } })

      const heard = await ask(thinker, writer)
      const line = await world.gateway.nextCall()

      expect([heard.reasoning, heard.text]).toEqual([thought.join(''), said.join('')])
      const body = asked(world.writers[writer])
      expect(body).toContain('Be exact.')
      expect(body).toContain(`<reasoning>${thought.join('')}</reasoning>`)
      expect(asked(world.thinkers[thinker])).not.toContain('<reasoning>')
      expect(line).toMatchObject({
        status: 200,
        backend: 'hybrid',
        way: 'virtual',
        attemptUsage: [
          { backend: `think-${thinker}`, result: 'cancelled' },
          { backend: `write-${writer}`, result: 'done', inputTokens: 30, outputTokens: 5 },
        ],
      })
    })

    it.each(dialects)('is told what both cost: %s and the same', async (provider) => {
      world.thinkers[provider].say({
        reasoning: thought,
        usage: { input: 20, output: 7, reasoning: 7 },
      })
      world.writers[provider].say({ text: said, usage: { input: 30, output: 5, cached: 10 } })

      const { usage } = await ask(provider, provider)
      const line = await world.gateway.nextCall()

      expect(usage).toMatchObject({ input: 50, output: 12, cached: 10 })
      expect(line['totalUsage']).toMatchObject({
        source: 'provider',
        inputTokens: 50,
        outputTokens: 12,
        cachedInputTokens: 10,
      })
    })

    it.each(dialects)('is answered alone by the second when %s fails', async (thinker) => {
      for (const status of [400, 429, 503]) {
        // More often than it is tried.
        for (let at = 0; at < 4; at += 1) world.thinkers[thinker].fail(status)
        world.writers[thinker].say({ text: said })

        const heard = await ask(thinker, thinker)
        await world.gateway.nextCall()

        expect([heard.reasoning, heard.text]).toEqual(['', said.join('')])
        expect(asked(world.writers[thinker])).not.toContain('<reasoning>')
        await drain(world.thinkers[thinker])
      }
    })

    it('sees calls of tools that come instead of a thought', async () => {
      const call = { id: 'call_1', name: 'weather', arguments: { place: 'Bern' } }
      const before = world.writers.gemini.server.requests.length
      world.thinkers['openai-chat'].say({ calls: [call] })

      const { calls } = await world
        .client(dialect)
        .ask(
          { model: pairOf('openai-chat', 'gemini'), turns: [{ user: 'Hi' }], tools: ['weather'] },
          { stream },
        )
      await world.gateway.nextCall()

      expect(calls).toMatchObject([{ name: 'weather', arguments: { place: 'Bern' } }])
      expect(world.writers.gemini.server.requests).toHaveLength(before)
    })

    it.each(['think', 'write'] as const)(
      'that leaves while they %s leaves within 100 ms at the provider, too',
      async (phase) => {
        const provider = phase === 'think' ? world.thinkers.gemini : world.writers.gemini
        world.thinkers.gemini.say({ reasoning: thought })
        world.writers.gemini.say({ text: said })
        const hanging = provider.hang()
        const leaving = new AbortController()
        const asking = ask('gemini', 'gemini', leaving.signal).catch(() => 'left')
        const { aborted } = await hanging

        const left = performance.now()
        leaving.abort()
        await aborted

        expect(performance.now() - left).toBeLessThan(100)
        expect(await asking).toBe('left')
        await world.gateway.nextCall()
      },
    )
  })
})

/** Takes the failures back that nobody came for. */
async function drain({ server }: Provider): Promise<void> {
  const path = '/nothing-of-this-name'
  for (let status = 400; status === 400 || status === 429 || status === 503; ) {
    status = (await fetch(`${server.url}${path}`)).status
  }
}
