import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseFramer, type SseEvent } from '../../src/sse/framer.ts'
import { createTail, type StreamTail, tailEvents } from '../../src/sse/tail.ts'
import { cuts, pieces, streamBytes } from './arbitrary-stream.ts'
import { recordings } from './recordings.ts'

function tailOf(maxBytes: number, chunks: readonly Uint8Array[]): StreamTail {
  const tail = createTail(maxBytes)
  for (const chunk of chunks) tail.push(chunk)
  return tail
}

function textOf(tail: StreamTail): string {
  return Buffer.from(tail.bytes()).toString()
}

function allEvents(stream: Buffer): readonly SseEvent[] {
  const framer = createSseFramer()
  return [...framer.push(stream), ...framer.end()]
}

describe('the tail of a stream', () => {
  it('is the last bytes of it, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        cuts,
        fc.nat(220),
        (bytes, thousandths, max) => {
          const stream = Buffer.from(bytes)

          const tail = tailOf(max, pieces(stream, thousandths))

          expect(Buffer.from(tail.bytes())).toEqual(
            stream.subarray(Math.max(0, stream.length - max)),
          )
          expect(tail.whole).toBe(stream.length <= max)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is the last bytes of a stream of very small chunks too', () => {
    const text = Array.from({ length: 3000 }, (_, index) => `${index},`).join('')

    for (const max of [100, 1000, 20_000]) {
      const tail = tailOf(
        max,
        Array.from(text, (character) => Buffer.from(character)),
      )

      expect(textOf(tail)).toBe(text.slice(-max))
      expect(tail.whole).toBe(text.length <= max)
    }
  })

  it('can be asked for in between', () => {
    const tail = tailOf(4, [Buffer.from('abc')])
    expect(textOf(tail)).toBe('abc')

    tail.push(Buffer.from('def'))
    expect(textOf(tail)).toBe('cdef')
  })

  it('may be empty', () => {
    expect(textOf(tailOf(4, []))).toBe('')
    expect(tailEvents(tailOf(4, []))).toEqual([])
    expect(textOf(tailOf(0, [Buffer.from('abc'), Buffer.from('d')]))).toBe('')
  })
})

describe('the events of a tail', () => {
  const stream = Buffer.from('data: one\n\ndata: two\n\nevent: end\ndata: three\n\n')

  it('are all when the tail is the whole stream', () => {
    expect(tailEvents(tailOf(100, [stream]))).toEqual(allEvents(stream))
  })

  it.each([
    ['in an event', 33],
    ['on the first byte of an event, which cannot be known', 35],
    ['between the line ends that end an event', 36],
  ])('leave out the first when the tail begins %s', (_name, max) => {
    expect(tailEvents(tailOf(max, [stream]))).toEqual([{ event: 'end', data: 'three' }])
  })

  it('begin behind the first blank line', () => {
    expect(tailEvents(tailOf(37, [stream])).map(({ data }) => data)).toEqual(['two', 'three'])
  })

  it('are none when the only event in it may have begun before', () => {
    for (const max of [24, 13, 5]) expect(tailEvents(tailOf(max, [stream]))).toEqual([])
  })

  it('have the last one flagged when its blank line is missing', () => {
    expect(tailEvents(tailOf(35, [stream.subarray(0, -1)]))).toEqual([
      { event: 'end', data: 'three', unterminated: true },
    ])
  })

  it('are the last ones of every stream, and never parts of events', () => {
    fc.assert(
      fc.property(streamBytes, cuts, fc.nat(200), (bytes, thousandths, max) => {
        const all = allEvents(bytes)

        const events = tailEvents(tailOf(max, pieces(bytes, thousandths)))

        expect(events).toEqual(all.slice(all.length - events.length))
      }),
      { numRuns: 500 },
    )
  })

  it.each(recordings)('hold the end of %s', (_name, body) => {
    const bytes = Buffer.from(body)
    const all = allEvents(bytes)
    const max = Math.floor(bytes.length * 0.9)

    const events = tailEvents(tailOf(max, pieces(bytes, [100, 300, 500, 700])))

    expect(events.at(-1)).toEqual(all.at(-1))
    expect(events.length).toBeLessThan(all.length)
  })
})
