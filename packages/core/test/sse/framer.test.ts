import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createSseFramer,
  type SseEvent,
  type SseFramer,
  type SseFramerOptions,
  SseSizeError,
} from '../../src/sse/framer.ts'
import { cutAt, cuts, pieces, streamBytes } from './arbitrary-stream.ts'
import { recordings } from './recordings.ts'

function feed(framer: SseFramer, chunks: readonly Uint8Array[]): readonly SseEvent[] {
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()]
}

function framed(text: string): readonly SseEvent[] {
  return feed(createSseFramer(), [Buffer.from(text)])
}

/** The rules of the WHATWG HTML standard, read literally. */
function expectedEvents(stream: Buffer): { events: readonly SseEvent[]; comments: number } {
  const text = new TextDecoder().decode(stream)
  const lines = text.split(/\r\n|\r|\n/)
  const events: SseEvent[] = []
  let data = ''
  let event = ''
  let comments = 0
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (line.startsWith(':')) comments += 1
    if (name === 'data') data += `${value}\n`
    if (name === 'event') event = value
    if (line !== '' && !isLast) continue
    if (data !== '') {
      events.push({
        ...(event !== '' && { event }),
        data: data.slice(0, -1),
        ...(isLast && { unterminated: true as const }),
      })
    }
    data = ''
    event = ''
  }
  return { events, comments }
}

describe('framing', () => {
  it.each([
    ['data with and without a space', 'data: a\n\ndata:b\n\n', ['a', 'b']],
    ['only one space', 'data:  a\n\n', [' a']],
    ['several lines of data', 'data: a\ndata: b\ndata\ndata: c\n\n', ['a\nb\n\nc']],
    ['empty data', 'data\n\ndata:\n\ndata: \n\n', ['', '', '']],
    ['other fields', 'id: 1\nretry: 2\nfoo: 3\ndatax: 4\ndat: 5\ndata: a\n\n', ['a']],
    ['no event without data', 'event: a\n\n\n\n: b\n\n', []],
    ['colons in data', 'data: a: b\n\n', ['a: b']],
    ['CRLF', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', ['a\nb', 'c']],
    ['CR', 'data: a\rdata: b\r\rdata: c\r\r', ['a\nb', 'c']],
    ['mixed line ends', 'data: a\r\n\ndata: b\n\r\ndata: c\r\n\r', ['a', 'b', 'c']],
    ['one byte order mark at the start', '\ufeffdata: a\n\n\ufeffdata: b\n\n', ['a']],
    ['characters of any length', 'data: é你😀\n\n', ['é你😀']],
  ])('reads %s', (_name, text, expected) => {
    expect(framed(text)).toEqual(expected.map((data) => ({ data })))
  })

  it('reads the name of an event, the last one if there are several', () => {
    expect(framed('event: a\nevent:b\ndata: 1\n\ndata: 2\n\nevent: c\nevent\ndata: 3\n\n')).toEqual(
      [{ event: 'b', data: '1' }, { data: '2' }, { data: '3' }],
    )
  })

  it('forgets the name of an event that has no data', () => {
    expect(framed('event: a\n\ndata: 1\n\n')).toEqual([{ data: '1' }])
  })

  it('counts comments', () => {
    const framer = createSseFramer()

    framer.push(Buffer.from(': keep-'))
    expect(framer.comments).toBe(0)

    framer.push(Buffer.from('alive\n\n:\ndata: :\n\n'))
    expect(framer.comments).toBe(2)
  })

  it('returns an event with the chunk that completes its blank line', () => {
    const framer = createSseFramer()

    expect(framer.push(Buffer.from('data: a\n'))).toEqual([])
    expect(framer.push(Buffer.from('\ndata: b\r\n\r'))).toEqual([{ data: 'a' }, { data: 'b' }])
    expect(framer.push(Buffer.from('\n'))).toEqual([])
    expect(framer.end()).toEqual([])
  })

  it.each([
    ['its blank line', 'data: a\n\nevent: x\ndata: b\n', { event: 'x', data: 'b' }],
    ['its line end', 'data: a\n\ndata: b', { data: 'b' }],
    ['half of it', 'data: a\n\ndata: {"b', { data: '{"b' }],
  ])('flags the last event when %s is missing', (_name, text, event) => {
    expect(framed(text)).toEqual([{ data: 'a' }, { ...event, unterminated: true }])
  })

  it('has nothing to give at an end without data', () => {
    for (const text of ['', '\n', ': a', 'event: x', '\ufeff', 'dat']) {
      expect(framed(text)).toEqual([])
    }
  })

  it('puts a replacement character for what is not UTF-8', () => {
    const chunks = [Buffer.from('data: a'), Buffer.from([0xff, 0xc3]), Buffer.from('b\n\n')]

    expect(feed(createSseFramer(), chunks)).toEqual([{ data: 'a\ufffd\ufffdb' }])
  })

  it('reads plain Uint8Array views', () => {
    const bytes = new TextEncoder().encode('xxdata: a\n\ndata: b\n\ndata: cc')
    const chunks = [bytes.subarray(2, 9), bytes.subarray(9, 20), bytes.subarray(20, 27)]

    expect(feed(createSseFramer(), chunks).map(({ data }) => data)).toEqual(['a', 'b', 'c'])
  })
})

describe('chunks', () => {
  it.each(recordings)('may be cut at every byte of %s', (_name, body) => {
    const stream = Buffer.from(body)
    const whole = feed(createSseFramer(), [stream])

    expect(whole).toEqual(expectedEvents(stream).events)
    expect(whole.length).toBeGreaterThan(1)
    expect(
      feed(
        createSseFramer(),
        Array.from(stream, (byte) => Buffer.of(byte)),
      ),
    ).toEqual(whole)
    for (let offset = 1; offset < stream.length; offset += 1) {
      const events = feed(createSseFramer(), cutAt(stream, [offset]))
      // Equality of text first: comparing structures at every offset would take most of the time of
      // this test.
      if (JSON.stringify(events) !== JSON.stringify(whole)) expect(events).toEqual(whole)
    }
  })

  it('may be cut anywhere in any stream, and the standard holds', () => {
    fc.assert(
      fc.property(streamBytes, cuts, (stream, thousandths) => {
        const framer = createSseFramer()
        const expected = expectedEvents(stream)

        expect(feed(framer, pieces(stream, thousandths))).toEqual(expected.events)
        expect(framer.comments).toBe(expected.comments)
      }),
      { numRuns: 1000 },
    )
  })

  it('may be thousands for one event', () => {
    const piece = Buffer.alloc(1024, 'x')
    const framer = createSseFramer()

    framer.push(Buffer.from('data: '))
    for (let count = 0; count < 4096; count += 1) framer.push(piece)

    expect(framer.push(Buffer.from('\n\n'))[0]?.data).toHaveLength(4096 * 1024)
  })
})

describe('the limit of an event', () => {
  /** What came out before the error, and whether it came. */
  function outcome(
    chunks: readonly Buffer[],
    options: SseFramerOptions,
  ): { events: readonly SseEvent[]; failed: boolean } {
    const framer = createSseFramer(options)
    const events: SseEvent[] = []
    try {
      for (const chunk of chunks) events.push(...framer.push(chunk))
      events.push(...framer.end())
      return { events, failed: false }
    } catch (error) {
      if (!(error instanceof SseSizeError)) throw error
      return { events, failed: true }
    }
  }

  it('is a typed error with the limit', () => {
    const framer = createSseFramer({ maxEventBytes: 10 })
    const failing = () => framer.push(Buffer.from('data: 12345\n\n'))

    expect(failing).toThrow(new SseSizeError(10))
    expect(() => framer.push(Buffer.from('\n'))).toThrow(SseSizeError)
    expect(() => framer.end()).toThrow(SseSizeError)
  })

  it('allows an event of exactly that size', () => {
    const framer = createSseFramer({ maxEventBytes: 11 })

    expect(framer.push(Buffer.from('data: 12345\n\ndata: 67890\n\n'))).toHaveLength(2)
  })

  it('counts bytes, not characters', () => {
    expect(createSseFramer({ maxEventBytes: 12 }).push(Buffer.from('data: 你好\n\n'))).toHaveLength(
      1,
    )
    expect(() =>
      createSseFramer({ maxEventBytes: 11 }).push(Buffer.from('data: 你好\n\n')),
    ).toThrow(SseSizeError)
  })

  it('counts all data lines of an event', () => {
    const framer = createSseFramer({ maxEventBytes: 20 })

    expect(() => framer.push(Buffer.from('data: 1234\ndata: 5678\ndata: 9\n\n'))).toThrow(
      SseSizeError,
    )
  })

  it('counts each event by itself', () => {
    const framer = createSseFramer({ maxEventBytes: 20 })
    const stream = Buffer.from('data: 1\ndata: 2\n\n'.repeat(10))

    expect(framer.push(stream)).toHaveLength(10)
  })

  it('holds for a line that never ends', () => {
    const framer = createSseFramer({ maxEventBytes: 1000 })
    const push = () => framer.push(Buffer.alloc(100, 'x'))

    for (let count = 0; count < 10; count += 1) expect(push()).toEqual([])
    expect(push).toThrow(SseSizeError)
  })

  it('lets the events before it through first', () => {
    const framer = createSseFramer({ maxEventBytes: 10 })

    expect(framer.push(Buffer.from('data: a\n\ndata: 12345\n\ndata: b\n\n'))).toEqual([
      { data: 'a' },
    ])
    expect(() => framer.end()).toThrow(SseSizeError)
  })

  it('does not depend on how the stream is cut', () => {
    fc.assert(
      fc.property(
        streamBytes,
        cuts,
        fc.integer({ min: 1, max: 40 }),
        (stream, thousandths, max) => {
          const options = { maxEventBytes: max }

          expect(outcome(pieces(stream, thousandths), options)).toEqual(outcome([stream], options))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
