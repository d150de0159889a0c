import { GatewayError, type SseEvent, type StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  brokenStream,
  createStreamDecoder,
  eventObject,
  type StreamReader,
} from '../../src/index.ts'
import { bytes } from '../support/pieces.ts'

/** Reads the words of a toy protocol: each event is a word, `end` ends the answer, `fail` and `bug` break it. */
class ToyReader implements StreamReader {
  readonly #parts: StreamPart[] = []
  over = false
  whole = false

  take(): readonly StreamPart[] {
    return this.#parts.splice(0)
  }

  read({ data }: SseEvent): void {
    if (data === 'fail') throw new GatewayError('rate_limited', 'Too many words.')
    if (data === 'bug') throw new TypeError('words is undefined')
    if (data === 'whole') this.whole = true
    else if (data === 'end') this.#finish()
    else this.#parts.push({ type: 'refusal', text: data })
  }

  conclude(): void {
    if (!this.whole) throw brokenStream('ended without `end`: it was cut off')
    this.#finish()
  }

  #finish(): void {
    this.over = true
    this.#parts.push({ type: 'finish', reason: 'stop' })
  }
}

const events = (...words: readonly string[]) =>
  bytes(words.map((word) => `data: ${word}\n\n`).join(''))

const said = (text: string): StreamPart => ({ type: 'refusal', text })
const finish: StreamPart = { type: 'finish', reason: 'stop' }
const invalid = (message: string) => ({
  type: 'error',
  error: expect.objectContaining({ code: 'upstream_invalid_response', message }),
})

const decoder = () => createStreamDecoder(new ToyReader())

describe('a decoder of streams', () => {
  it('tells the parts of one read together, wherever events are cut', () => {
    const toy = decoder()

    expect(toy.push(events('a', 'b').subarray(0, 12))).toEqual([said('a')])
    expect(toy.push(events('a', 'b').subarray(12))).toEqual([said('b')])
    expect(toy.push(events('c', 'd'))).toEqual([said('c'), said('d')])
  })

  it('reads nothing behind the finish, in the same read or later', () => {
    const toy = decoder()

    expect(toy.push(events('a', 'end', 'fail'))).toEqual([said('a'), finish])
    expect(toy.push(events('b'))).toEqual([])
    expect(toy.end()).toEqual([])
  })

  it('reads the event that the end left without its blank line', () => {
    const toy = decoder()

    expect(toy.push(bytes('data: end'))).toEqual([])
    expect(toy.end()).toEqual([finish])
  })

  it('tells an error behind what was said before it, as it was thrown, and nothing more', () => {
    const toy = decoder()
    const parts = toy.push(events('a', 'fail', 'b'))

    expect(parts).toEqual([
      said('a'),
      { type: 'error', error: expect.objectContaining({ code: 'rate_limited' }) },
    ])
    expect(toy.push(events('c'))).toEqual([])
    expect(toy.end()).toEqual([])
  })

  it('tells a mistake of the reader without its words, which stay the cause', () => {
    const [part] = decoder().push(events('bug'))

    expect(part).toEqual(invalid('The provider’s stream cannot be understood.'))
    expect(part).toHaveProperty('error.cause', expect.any(TypeError))
  })

  it('tells that the stream was cut off', () => {
    expect(decoder().end()).toEqual([
      invalid('The provider’s stream ended without `end`: it was cut off.'),
    ])
  })

  it('holds no more than the framer may', () => {
    const toy = decoder()
    const parts = [bytes('data: '), Buffer.alloc(9 * 1024 * 1024, 'x')].flatMap((chunk) => [
      ...toy.push(chunk),
    ])

    expect(parts).toEqual([
      invalid(expect.stringMatching(/^The provider’s stream cannot be read: .+\.$/)),
    ])
    expect(toy.push(events('a'))).toEqual([])
  })

  it('concludes an answer that is whole, whatever breaks behind it', () => {
    const toy = decoder()

    expect(toy.push(events('a', 'whole', 'fail'))).toEqual([said('a'), finish])
    expect(toy.end()).toEqual([])
  })

  it('takes its events from the splitter that it is given', () => {
    const words = { push: (data: Uint8Array) => [{ data: `${data.length}` }], end: () => [] }

    expect(createStreamDecoder(new ToyReader(), words).push(bytes('abc'))).toEqual([said('3')])
  })
})

describe('an event', () => {
  it.each<[SseEvent, unknown]>([
    [{ data: ' {"a":1}\r' }, { a: 1 }],
    [{ data: '' }, undefined],
    [{ data: '[DONE] ' }, undefined],
    [{ data: '[1]' }, undefined],
    [{ data: 'null' }, undefined],
    [{ data: '{"a":', unterminated: true }, undefined],
    [{ data: '{"a":1}', unterminated: true }, { a: 1 }],
  ])('%j holds %j', (event, object) => {
    expect(eventObject(event)).toEqual(object)
  })

  it('that is not valid JSON is refused without a word of it', () => {
    expect(() => eventObject({ data: '{"secret' })).toThrow(
      expect.objectContaining({
        code: 'upstream_invalid_response',
        message: 'An event of the provider’s stream is not valid JSON.',
      }),
    )
  })
})
