import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { ResponseBody } from '../../src/transport/response-body.ts'
import { Recorder } from '../doubles/read-body.ts'

const broken = new GatewayError('upstream_unreachable', 'Cut.')
const chunk = (text: string): Uint8Array => Buffer.from(text)

function open() {
  const flow: string[] = []
  const body = new ResponseBody({
    hold: () => void flow.push('hold'),
    release: () => void flow.push('release'),
    stop: () => void flow.push('stop'),
  })
  return { body, flow, recorder: new Recorder() }
}

describe('ResponseBody', () => {
  it('keeps what comes before the start, its end included', () => {
    const { body, recorder } = open()
    body.push(chunk('a'))
    body.push(chunk('b'))
    body.end()

    body.start(recorder)

    expect([recorder.text, recorder.ended]).toEqual(['ab', true])
  })

  it('holds the connection when too much waits, and releases it when that is delivered', () => {
    const { body, flow, recorder } = open()
    body.push(Buffer.alloc(60_000))
    expect(flow).toEqual([])
    body.push(Buffer.alloc(60_000))
    expect(flow).toEqual(['hold'])

    body.start(recorder)

    expect(recorder.bytes).toBe(120_000)
    expect(flow).toEqual(['hold', 'release'])
  })

  it('delivers nothing while paused, then everything in order', () => {
    const { body, recorder } = open()
    body.start(recorder)
    body.push(chunk('a'))
    body.pause()
    body.push(chunk('b'))
    body.push(chunk('c'))
    body.fail(broken)
    expect(recorder.text).toBe('a')

    body.resume()

    expect([recorder.text, recorder.failure]).toEqual(['abc', broken])
  })

  it('tells an end at once that no bytes wait for, paused or not', () => {
    const { body, recorder } = open()
    body.start(recorder)
    body.pause()

    body.fail(broken)

    expect(recorder.failure).toBe(broken)
  })

  it('drops what is held when nobody wants it', () => {
    const { body, recorder } = open()
    body.start(recorder)
    body.pause()
    body.push(chunk('a'))

    body.abort(broken)

    expect([recorder.text, recorder.failure]).toEqual(['', broken])
  })

  it('delivers nothing after it was cancelled, from inside a delivery too', () => {
    const { body, flow } = open()
    body.push(chunk('a'))
    body.push(chunk('b'))
    const seen: string[] = []

    body.start({
      data(bytes) {
        seen.push(Buffer.from(bytes).toString())
        body.cancel()
      },
      end: () => void seen.push('end'),
      fail: () => void seen.push('fail'),
    })
    body.push(chunk('c'))
    body.end()

    expect(seen).toEqual(['a'])
    expect(flow).toContain('stop')
  })

  it('survives a receiver that pauses and resumes at each of many held chunks', () => {
    const { body } = open()
    for (let at = 0; at < 20_000; at += 1) body.push(chunk('x'))
    let count = 0

    body.start({
      data() {
        count += 1
        body.pause()
        body.resume()
      },
      end: () => {},
      fail: () => {},
    })

    expect(count).toBe(20_000)
  })

  it('can be started only once', () => {
    const { body, recorder } = open()
    body.start(recorder)

    expect(() => body.start(new Recorder())).toThrow(/only once/)
  })

  it('does nothing for a resume without a pause', () => {
    const { body, flow, recorder } = open()
    body.start(recorder)
    flow.length = 0

    body.resume()

    expect(flow).toEqual([])
  })
})
