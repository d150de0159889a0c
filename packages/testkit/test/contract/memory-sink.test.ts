import { describe, expect, it } from 'vitest'
import { MemorySink } from '../../src/index.ts'

const hello = Buffer.from('hello')

describe('a client in memory', () => {
  it('remembers what it got', () => {
    const sink = new MemorySink()

    sink.start(200, { a: 'b' })
    const more = sink.write(hello)
    sink.end(Buffer.from('!'))

    expect(more).toBe(true)
    expect([sink.status, sink.headers, sink.text, sink.size, sink.state]).toEqual([
      200,
      { a: 'b' },
      'hello!',
      6,
      'ended',
    ])
    expect(sink.misuse).toEqual([])
  })

  it('can be slow', () => {
    const sink = new MemorySink()
    let drained = 0
    sink.onDrain(() => {
      drained += 1
    })
    sink.start(200, {})

    sink.pause()
    const more = sink.write(hello)
    sink.resume()

    expect(more).toBe(false)
    expect(drained).toBe(1)
    expect(sink.write(hello)).toBe(true)
  })

  it('can forget what it got', () => {
    const sink = new MemorySink()
    sink.forgetful = true
    sink.start(200, {})

    sink.write(hello)

    expect([sink.text, sink.size]).toEqual(['', 5])
  })

  it('can be waited for', async () => {
    const sink = new MemorySink()
    const five = sink.until(({ size }) => size >= 5)
    sink.start(200, {})

    sink.write(hello)

    await five
  })

  it('notes what no connection would allow', () => {
    const sink = new MemorySink()

    sink.write(hello)
    sink.start(200, {})
    sink.start(200, {})
    sink.end()
    sink.end()
    sink.destroy()

    expect(sink.misuse).toEqual([
      'write comes when it is waiting',
      'start comes twice',
      'end comes when it is ended',
      'destroy comes when it is ended',
    ])
  })
})
