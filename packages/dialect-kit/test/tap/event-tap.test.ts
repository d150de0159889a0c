import { GatewayError, type OpaqueState, type Tap, type TapOptions } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTap, type TapRules } from '../../src/index.ts'
import { bytes, pieces, textOf } from '../support/pieces.ts'
import { stateOf, toyRules } from '../support/toy-protocol.ts'

const frame = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const open = (options: TapOptions = {}, rules: TapRules = toyRules) =>
  createTap('sse', rules, options)
const run = (tap: Tap, chunks: readonly Uint8Array[]) =>
  textOf(Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()]))
const error = new GatewayError('stream_interrupted', 'gone')

describe('a watched event stream', () => {
  it('passes unchanged and is reported, wherever it is cut', () => {
    const stream = [{ n: 1 }, { t: 'héllo' }, { t: 'b' }, { u: 7 }, { end: true }]
      .map(frame)
      .join('')
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const tap = open()

        expect(run(tap, pieces(bytes(stream), cuts))).toBe(stream)
        expect(tap.ending).toBe('end')
        expect(tap.report()).toEqual({
          complete: true,
          finish: { reason: 'stop' },
          model: 'toy',
          usage: { outputTokens: 7 },
        })
      }),
    )
  })

  it('ends at its terminal: what follows is not for the client', () => {
    const tap = open()

    expect(run(tap, [bytes(frame({ t: 'a' }) + frame({ end: true }) + frame({ t: 'more' }))])).toBe(
      frame({ t: 'a' }) + frame({ end: true }),
    )
    expect(textOf(tap.push(bytes(frame({ t: 'even more' }))))).toBe('')
  })

  it('keeps an error that the caller caused, and takes out any other', () => {
    const mine = open()
    const theirs = open()
    const text = frame({ t: 'a' })

    expect(run(mine, [bytes(text), bytes(frame({ fail: 'you did' }))])).toContain('you did')
    expect(mine.ending).toMatchObject({ told: true, error: { code: 'invalid_request' } })
    expect(run(theirs, [bytes(text), bytes(frame({ fail: 'we did' }))])).toBe(text)
    expect(theirs.ending).toMatchObject({ told: false, error: { code: 'upstream_error' } })
    expect(theirs.report()).toMatchObject({ complete: false, error: { code: 'upstream_error' } })
  })

  it('breaks at an event whose JSON was cut', () => {
    const tap = open()

    expect(run(tap, [bytes(frame({ t: 'a' })), bytes('data: {"t":\n\n')])).toBe(frame({ t: 'a' }))
    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' } })
  })

  it('is interrupted on a frame boundary', () => {
    const tap = open()
    const passed = textOf(tap.push(bytes(`${frame({ t: 'a' })}data: {"t":"ha`)))

    expect(passed + textOf(tap.interrupt(error))).toBe(frame({ t: 'a' }) + frame({ fail: 'gone' }))
  })

  it('is interrupted behind a frame that is passing in pieces', () => {
    const tap = open()
    tap.push(bytes(frame({ t: 'a' })))
    tap.push(bytes(`data: {"t":"${'x'.repeat(70_000)}`))

    expect(textOf(tap.interrupt(error))).toBe(`\n\n${frame({ fail: 'gone' })}`)
  })

  it('has its first meaningful event read whole, up to 2 MiB', () => {
    const tap = open()
    const large = frame({ t: 'x'.repeat(1 << 20) })
    const passed = pieces(bytes(large), [1_000, 70_000, 900_000]).map((piece) =>
      textOf(tap.push(piece)),
    )

    expect(passed.map(({ length }) => length)).toEqual([0, 0, 0, large.length])
    expect(tap.meaningful).toBe(true)
  })

  it('shows something where its first event is too large to be read whole', () => {
    const tap = open()
    const large = frame({ t: 'x'.repeat(3 << 20) })
    const passed = pieces(bytes(large), [1 << 20, (2 << 20) + 1]).map((piece) =>
      textOf(tap.push(piece)),
    )

    expect(passed.map(({ length }) => length > 0)).toEqual([false, true, true])
    expect(passed.join('') === large).toBe(true)
    expect(tap.meaningful).toBe(true)
  })

  it('breaks where an event is too large', () => {
    const tap = open({}, { ...toyRules, maxEventBytes: 100_000 })
    tap.push(bytes(frame({ t: 'a' })))
    tap.push(bytes(`data: {"t":"${'x'.repeat(70_000)}`))

    expect(tap.push(bytes('x'.repeat(70_000)))).toHaveLength(0)
    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' } })
  })

  it('hides usage only where it is asked to', () => {
    const rules: TapRules = { ...toyRules, hideUsage: () => bytes('hidden') }

    expect(textOf(open({ hideUsage: true }, rules).push(bytes(frame({ t: 'a' }))))).toBe('hidden')
    expect(textOf(open({}, rules).push(bytes(frame({ t: 'a' }))))).toBe(frame({ t: 'a' }))
    expect(textOf(open({ hideUsage: true }).push(bytes(frame({ t: 'a' }))))).toBe(frame({ t: 'a' }))
  })

  it('is estimated where no usage was told', () => {
    const tap = open()
    const text = frame({ t: 'x'.repeat(8), padding: '.'.repeat(400) })
    for (let count = 0; count < 10; count += 1) tap.push(bytes(text))

    expect(tap.report().estimate).toEqual({ outputTokens: 20 })
  })

  it('is read from its last bytes where its last event was too large to be held', () => {
    const tails: string[] = []
    const rules: TapRules = {
      ...toyRules,
      lastBytes: (tail) => {
        tails.push(textOf(tail))
        return { complete: true, usage: { outputTokens: 9 } }
      },
    }
    const tap = open({}, rules)
    const end = `${frame({ big: 'x'.repeat(100_000), u: 9 })}`
    run(tap, pieces(bytes(frame({ t: 'a' }) + end), [30_000, 60_000, 90_000]))

    expect(tap.report()).toMatchObject({ complete: true, usage: { outputTokens: 9 } })
    expect(tails.at(-1)).toBe(end.slice(-16 * 1024))
  })
})

describe('state in a watched event stream', () => {
  const stream = [{ s: 'a' }, { t: 'x' }, { s: 'b' }, { t: 'y' }, { s: 'c' }, { end: true }]
    .map(frame)
    .join('')

  it('is told once, whole and in its order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const told: OpaqueState[] = []
        const tap = open({ onState: (state) => told.push(state) })
        run(tap, pieces(bytes(stream), cuts))
        tap.report()

        expect(told).toEqual(['a', 'b', 'c'].map(stateOf))
      }),
    )
  })

  it('is not looked for where nobody listens', () => {
    let notes = 0
    const rules: TapRules = {
      ...toyRules,
      facts: (onState) => {
        const facts = toyRules.facts(onState)
        return Object.assign(Object.create(facts), {
          note: (event: Parameters<typeof facts.note>[0]) => {
            notes += 1
            facts.note(event)
          },
        })
      },
    }
    const tap = open({}, rules)
    tap.push(bytes(frame({ t: 'x' })))
    const before = notes
    tap.push(bytes(frame({ s: 'b' })))

    expect(notes).toBe(before)
  })
})
