import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchFailure } from '../../src/failure.ts'
import { MessageParser } from '../../src/http/message-parser.ts'

interface Received {
  readonly startLine: string
  body: string
  ended: boolean
}

/** Parses reads and returns the messages; the last may be unfinished. */
function parse(kind: 'request' | 'response', reads: readonly Buffer[], closes = false): Received[] {
  const messages: Received[] = []
  const parser = new MessageParser(kind, {
    onHead: ({ startLine }) => messages.push({ startLine, body: '', ended: false }),
    onBody: (bytes) => {
      const last = messages.at(-1)
      if (last !== undefined) last.body += bytes.toString('latin1')
    },
    onEnd: () => {
      const last = messages.at(-1)
      if (last !== undefined) last.ended = true
    },
  })
  for (const read of reads) parser.push(read)
  if (closes) parser.close()
  return messages
}

function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const places = [0, ...positions.map((at) => at % (bytes.length + 1)), bytes.length]
  places.sort((one, other) => one - other)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const stream = Buffer.from(
  'HTTP/1.1 100 Continue\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '5\r\nhello\r\n1;name=value\r\n \r\nC\r\nworld\r\n\r\nend\r\n0\r\nx-trailer: 1\r\n\r\n' +
    'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd' +
    'HTTP/1.1 204 No Content\r\n\r\n' +
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
)

describe('MessageParser', () => {
  it('gives the same messages wherever the stream is cut', () => {
    const whole = parse('response', [stream])

    expect(whole).toEqual([
      { startLine: 'HTTP/1.1 200 OK', body: 'hello world\r\n\r\nend', ended: true },
      { startLine: 'HTTP/1.1 200 OK', body: 'abcd', ended: true },
      { startLine: 'HTTP/1.1 204 No Content', body: '', ended: true },
      { startLine: 'HTTP/1.1 200 OK', body: '', ended: true },
    ])
    for (let at = 0; at <= stream.length; at += 1) {
      expect(parse('response', cut(stream, [at]))).toEqual(whole)
    }
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), (positions) => {
        expect(parse('response', cut(stream, positions))).toEqual(whole)
      }),
    )
  })

  it('reads a request without a length as one without a body', () => {
    const bytes = Buffer.from('GET /health HTTP/1.1\r\nhost: a\r\n\r\nPOST / HTTP/1.1\r\n')

    expect(parse('request', [bytes])).toEqual([
      { startLine: 'GET /health HTTP/1.1', body: '', ended: true },
    ])
  })

  it('takes a response without framing to last until the connection closes', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\n\r\npart')

    expect(parse('response', [bytes])[0]).toMatchObject({ body: 'part', ended: false })
    expect(parse('response', [bytes], true)[0]).toMatchObject({ body: 'part', ended: true })
  })

  it('fails when the connection closes inside a message', () => {
    const cutShort = [
      'HTTP/1.1 200 OK\r\nconte',
      'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ]

    for (const text of cutShort) {
      expect(() => parse('response', [Buffer.from(text)], true)).toThrow(BenchFailure)
    }
  })

  it('refuses what is no HTTP instead of waiting for more', () => {
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
    const broken = [
      'SSH-2.0-OpenSSH\r\n\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
      `${chunked}zz\r\n`,
      `${chunked}3\r\nabcd\r\n`,
    ]

    for (const text of broken) {
      expect(() => parse('response', [Buffer.from(text)])).toThrow(BenchFailure)
    }
  })

  it('bounds what it keeps of a head that never ends', () => {
    const reads = Array.from({ length: 80 }, () => Buffer.alloc(1_024, 'x'))

    expect(() => parse('response', reads)).toThrow(/no end of line/)
  })
})
