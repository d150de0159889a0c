import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { failure } from '../support/fake-pool.ts'
import { answer, dialectB, FakeProvider } from '../support/fake-provider.ts'
import { FakeSink } from '../support/fake-sink.ts'

const ways = { forwarded: {}, translated: { dialect: dialectB } }

async function open(way: keyof typeof ways, sink = new FakeSink()) {
  const body = new FakeBody()
  const provider = new FakeProvider(ways[way], () => answer(body))
  const fake = await fakeGateway({ backends: [provider.config()] })
  const call = await fake.stream({}, { sink })
  return { body, fake, call, sink }
}

describe.each(['forwarded', 'translated'] as const)(
  'a client that is slower than a %s stream',
  (way) => {
    it('pauses it at the source, and lets it go on when it has read', async () => {
      const { body, fake, call, sink } = await open(way)
      body.write(line({ text: '1' }))
      await settle()
      sink.blocked = true

      body.write(line({ text: '2' }), line({ text: '3' }))
      const during = [body.paused, body.waiting, sink.chunks.length]
      sink.drain()
      body.write(line({ done: 'stop' })).end()
      await call.done

      expect(during).toEqual([true, 1, 2])
      expect(sink.text).toBe('{"text":"1"}\n{"text":"2"}\n{"text":"3"}\n{"done":"stop"}\n')
      await fake.expectRest()
    })

    it('holds up neither memory nor order over a hundred thousand parts', async () => {
      const { body, call, sink } = await open(way)
      const count = 100_000
      let overrun = 0
      body.write(line({ text: '0' }))
      await settle()

      for (let index = 1; index < count; index += 1) {
        if (index % 97 === 0) sink.blocked = true
        body.write(line({ text: String(index) }))
        overrun = Math.max(overrun, sink.overrun)
        if (body.waiting > 5) sink.drain()
      }
      sink.drain()
      body.write(line({ done: 'stop' })).end()
      await call.done

      const texts = sink.text.split('\n').map((text) => (text === '' ? {} : JSON.parse(text)))
      expect(
        texts.filter(({ text }, index) => text !== undefined && text !== String(index)),
      ).toEqual([])
      expect(texts).toHaveLength(count + 2)
      expect(overrun).toBeLessThan(40)
      expect(body.mostWaiting).toBeLessThan(10)
    })

    it('gets what is left when the source has ended meanwhile', async () => {
      const { body, fake, call, sink } = await open(way)
      body.write(line({ text: '1' }))
      await settle()
      sink.blocked = true
      body.write(line({ text: '2' }), line({ text: '3' }), line({ done: 'stop' })).end()

      await settle()
      const before = sink.ended
      sink.drain()
      await call.done

      expect(before).toBe(false)
      expect(sink.text).toContain('{"text":"3"}\n{"done":"stop"}\n')
      await fake.expectRest()
    })

    it('may leave while the source is paused', async () => {
      const { body, fake, call, sink } = await open(way)
      body.write(line({ text: '1' }))
      await settle()
      sink.blocked = true
      body.write(line({ text: '2' }), line({ text: '3' }))

      call.leave()
      await call.done
      sink.drain()

      expect(body.cancelled).toBeDefined()
      await fake.expectRest()
    })
  },
)

describe('a client that is slower than a virtual backend', () => {
  it('keeps it from making more parts than are read', async () => {
    let made = 0
    const provider = new FakeProvider({
      backend: {
        handling: () => ({ way: 'virtual' }),
        async *chat(): AsyncGenerator<readonly StreamPart[]> {
          yield [{ type: 'text-start', id: 't' }]
          for (; made < 10_000; made += 1) yield [{ type: 'text-delta', id: 't', text: `${made}` }]
          yield [{ type: 'finish', reason: 'stop' }]
        },
      },
    })
    const fake = await fakeGateway({ backends: [provider.config()] })
    const sink = new FakeSink()
    sink.blocked = true
    const call = await fake.stream({}, { sink })
    await settle()

    const early = made
    sink.drain()
    await call.done

    expect(early).toBeLessThan(5)
    expect(sink.chunks).toHaveLength(10_001)
    expect(sink.text).toContain('{"text":"9999"}')
    await fake.expectRest()
  })
})

type Step = 'write' | 'block' | 'drain' | 'end' | 'fail' | 'leave' | 'settle'

describe('any order of writes, pauses, resumes, ends and aborts', () => {
  it('loses no wake-up, no part, and ends once', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom<Step>('write') },
        { weight: 6, arbitrary: fc.constantFrom<Step>('block', 'drain', 'settle') },
        { weight: 1, arbitrary: fc.constantFrom<Step>('end', 'fail', 'leave') },
      ),
      { maxLength: 40 },
    )
    const way = fc.constantFrom<keyof typeof ways>('forwarded', 'translated')

    await fc.assert(fc.asyncProperty(way, steps, play), { numRuns: 300 })
  })
})

/** Plays steps against a stream, ends it, and checks what the client has seen. */
async function play(way: keyof typeof ways, steps: readonly Step[]): Promise<void> {
  const { body, fake, call, sink } = await open(way)
  let written = 0
  let ending: Step | undefined
  const take: Record<Step, () => void> = {
    write: () => {
      body.write(line({ text: String(written) }))
      written += 1
    },
    block: () => {
      sink.blocked = true
    },
    drain: () => sink.drain(),
    end: () => void body.write(line({ done: 'stop' })).end(),
    fail: () => void body.fail(failure('upstream_error')),
    leave: () => call.leave(),
    settle: () => {},
  }
  for (const step of steps) {
    if (ending !== undefined && !['block', 'drain', 'settle'].includes(step)) continue
    take[step]()
    if (['end', 'fail', 'leave'].includes(step)) ending = step
    if (step === 'settle') await settle()
  }
  if (ending === undefined) take.end()
  // A client that reads in the end gets everything: each drain lets at least one more piece through.
  for (let round = 0; round < steps.length + 5; round += 1) {
    sink.drain()
    await settle()
  }
  if (ending === 'fail' && written === 0) await fake.clock.advance(10_000)
  await call.done

  expectSeen(sink, { ending, written })
  expect(fake.events['call-end']).toHaveLength(1)
  await fake.expectRest()
}

/** The parts come in order; all of them, unless the client left or the stream broke before the first. */
function expectSeen(
  sink: FakeSink,
  { ending, written }: { readonly ending: Step | undefined; readonly written: number },
): void {
  const texts = [...sink.text.matchAll(/"text":"(\d+)"/g)].map(([, text]) => Number(text))
  expect(texts).toEqual(texts.map((_, index) => index))
  if (ending === 'leave') return
  expect(sink.over).toBe(true)
  if (ending !== 'fail' || written > 0) expect(texts).toHaveLength(written)
}
