import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseFramer } from '../../src/sse/framer.ts'
import { createFrameLocator } from '../../src/sse/locate.ts'
import { cutAt, cuts, pieces, streamBytes } from './arbitrary-stream.ts'
import { recordings } from './recordings.ts'

/** Ends as offsets in the whole stream. */
function endsOf(chunks: readonly Buffer[]): readonly number[] {
  const locator = createFrameLocator()
  let before = 0
  return chunks.flatMap((chunk) => {
    const ends = locator.push(chunk).map((end) => before + end)
    before += chunk.length
    return ends
  })
}

function textEnds(text: string): readonly number[] {
  return endsOf([Buffer.from(text)])
}

/** The same ends, but for the LF of a CRLF that a cut may have parted. */
function expectSameEnds(ends: readonly number[], whole: readonly number[], stream: Buffer): void {
  const completed = ends.map((end, index) => {
    const isBeforeLf = stream[end - 1] === 0x0d && stream[end] === 0x0a
    return isBeforeLf && whole[index] === end + 1 ? end + 1 : end
  })
  expect(completed).toEqual(whole)
}

/**
 * Forwards chunks but for one frame, the way a tap does: what is held is either let go or dropped
 * at the end of a frame.
 */
function withoutFrame(chunks: readonly Buffer[], hidden: number): Buffer {
  const locator = createFrameLocator()
  const forwarded: Buffer[] = []
  let held: Buffer[] = []
  let frame = 0
  for (const chunk of chunks) {
    let start = 0
    for (const end of locator.push(chunk)) {
      held.push(chunk.subarray(start, end))
      if (frame !== hidden) forwarded.push(...held)
      held = []
      frame += 1
      start = end
    }
    held.push(chunk.subarray(start))
  }
  return Buffer.concat([...forwarded, ...held])
}

function dataOf(stream: Uint8Array): readonly string[] {
  const framer = createSseFramer()
  return [...framer.push(stream), ...framer.end()].map(({ data }) => data)
}

describe('ends of frames', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n', [9, 18]],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [11, 22]],
    ['CR', 'data: a\r\rdata: b\r\r', [9, 18]],
    ['mixed line ends', 'a\r\n\nb\n\r\nc\r\r\nd\n\r', [4, 8, 12, 15]],
    ['several lines', 'event: a\ndata: b\n: c\n\n', [22]],
    ['comments', ': a\n\n', [5]],
    ['surplus blank lines', '\r\na\n\n\n\r\nb\n\n', [5, 11]],
    ['a frame that goes on', 'a\n\nb', [3]],
    ['a line that goes on', 'a\nb\n', []],
    ['a last CR', 'a\n\r', [3]],
    ['nothing', '', []],
  ])('are found with %s', (_name, text, expected) => {
    expect(textEnds(text)).toEqual(expected)
  })

  it('do not wait for the second half of a CRLF', () => {
    expect(endsOf([Buffer.from('a\r\n\r'), Buffer.from('\nb\r\n\r\n')])).toEqual([4, 10])
  })

  it.each(recordings)('are one per event or comment of %s, wherever it is cut', (_name, body) => {
    const stream = Buffer.from(body)
    const whole = endsOf([stream])

    expect(whole).toHaveLength(body.trimEnd().split(/\r\n\r\n|\n\n/).length)
    for (let offset = 1; offset < stream.length; offset += 1) {
      expectSameEnds(endsOf(cutAt(stream, [offset])), whole, stream)
    }
  })

  it('are as many for every way to cut a stream, each after at most the same bytes', () => {
    fc.assert(
      fc.property(streamBytes, cuts, (stream, thousandths) => {
        const whole = endsOf([stream])

        expectSameEnds(endsOf(pieces(stream, thousandths)), whole, stream)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('hiding one frame', () => {
  it('takes exactly its event from the receiver, wherever the stream is cut', () => {
    const lineEnds = fc.constantFrom('\n', '\r\n', '\r')

    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.nat(4),
        lineEnds,
        cuts,
        (count, nth, end, at) => {
          const hidden = nth % count
          const names = Array.from({ length: count }, (_, index) => `{"n":${index},"é":"😀"}`)
          const stream = Buffer.from(names.map((name) => `data: ${name}${end}${end}`).join(''))

          const rest = withoutFrame(pieces(stream, at), hidden)

          expect(dataOf(rest)).toEqual(names.filter((_, index) => index !== hidden))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('being in a frame', () => {
  it('begins with the first byte after an end and lasts to the next', () => {
    const locator = createFrameLocator()
    const states: boolean[] = [locator.inFrame]

    for (const chunk of ['da', 'ta: a\n', '\n', '\n', 'data: b\r\n\r', '\n', '', ':']) {
      locator.push(Buffer.from(chunk))
      states.push(locator.inFrame)
    }

    expect(states).toEqual([false, true, true, false, false, false, false, false, true])
  })
})

describe('starting inside a stream', () => {
  it('does not take a first line end for a blank line', () => {
    const locator = createFrameLocator({ startsInside: true })

    expect(locator.inFrame).toBe(true)
    expect(locator.push(Buffer.from('\ndata: b\n\n'))).toEqual([10])
  })
})
