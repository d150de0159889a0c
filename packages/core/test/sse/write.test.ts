import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseFramer } from '../../src/sse/framer.ts'
import { sseComment, sseData, sseEvent } from '../../src/sse/write.ts'

describe('writing events', () => {
  it('puts JSON on one line', () => {
    expect(sseData('{"a":"b\\n"}')).toBe('data: {"a":"b\\n"}\n\n')
    expect(sseEvent('message_stop', '{}')).toBe('event: message_stop\ndata: {}\n\n')
  })

  it('puts each line of other text on a line of its own', () => {
    expect(sseData('a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n')
  })

  it('writes comments, of several lines too', () => {
    expect(sseComment('keep-alive')).toBe(': keep-alive\n\n')
    expect(sseComment('a\nb')).toBe(': a\n: b\n\n')
  })

  it('refuses the name of an event that would make another line', () => {
    expect(() => sseEvent('a\ndata: b', 'c')).toThrow(RangeError)
    expect(() => sseEvent('a\rb', 'c')).toThrow(RangeError)
  })

  it('writes what the framer reads', () => {
    const name = fc.string().filter((text) => !/[\r\n]/.test(text))

    fc.assert(
      fc.property(name, fc.string({ unit: 'grapheme' }), (event, data) => {
        const stream = Buffer.from(`${sseEvent(event, data)}${sseComment(data)}${sseData(data)}`)

        const events = createSseFramer().push(stream)

        const received = data.replaceAll(/\r\n?/g, '\n')
        expect(events).toEqual([
          { ...(event !== '' && { event }), data: received },
          { data: received },
        ])
      }),
    )
  })
})
