import { GatewayError, type OpaqueState, type Tap, type TapOptions } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTap, type TapRules } from '../../src/index.ts'
import { bytes, pieces, textOf } from '../support/pieces.ts'
import { stateOf, toyRules } from '../support/toy-protocol.ts'

const open = (options: TapOptions = {}, rules: TapRules = toyRules) =>
  createTap('json-array', rules, options)
const passed = (tap: Tap, chunks: readonly Uint8Array[]) =>
  textOf(Buffer.concat(chunks.map((chunk) => tap.push(chunk))))
const error = new GatewayError('stream_interrupted', 'gone')

const texts = [{ t: 'a "quoted" \\ [{' }, { t: 'ü', deep: [{ x: [1] }] }, { u: 3 }, { end: true }]
const answer = `[${texts.map((element) => JSON.stringify(element)).join(',\r\n')}\n]\n`

describe('a watched array', () => {
  it('passes unchanged and is reported, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const tap = open()
        const text = passed(tap, pieces(bytes(answer), cuts)) + textOf(tap.end())

        expect(text.trimEnd()).toBe(answer.trimEnd())
        expect(tap.meaningful).toBe(true)
        expect(tap.ending).toBe('end')
        expect(tap.report()).toEqual({
          complete: true,
          finish: { reason: 'stop' },
          model: 'toy',
          usage: { outputTokens: 3 },
        })
      }),
    )
  })

  it('is closed wherever it is interrupted, with the error as its last element', () => {
    fc.assert(
      fc.property(fc.nat(answer.lastIndexOf(']')), fc.array(fc.nat()), (cut, cuts) => {
        const tap = open()
        const text = passed(tap, pieces(bytes(answer.slice(0, cut)), cuts))
        const all: unknown[] = JSON.parse(text + textOf(tap.interrupt(error)))

        expect(all.at(-1)).toEqual({ fail: 'gone' })
        expect(all.slice(0, -1)).toEqual(texts.slice(0, all.length - 1))
      }),
    )
  })

  it('has no more to say once it is closed', () => {
    const tap = open()
    passed(tap, [bytes(answer)])

    expect(tap.interrupt(error)).toHaveLength(0)
  })

  it('cannot be ended honestly inside an element that is passing in pieces', () => {
    const tap = open()
    const big = bytes(`[{"t":"${'x'.repeat(70_000)}`)

    expect(textOf(tap.push(big))).toHaveLength(big.length)
    expect(tap.meaningful).toBe(true)
    expect(tap.interrupt(error)).toHaveLength(0)
    expect(passed(tap, [bytes('"},{"end":true}]')])).toBe('"},{"end":true}]')
    expect(tap.report()).toMatchObject({ complete: true })
  })

  it('is read from the end of its last element where that was too large to be held', () => {
    const tails: string[] = []
    const rules: TapRules = {
      ...toyRules,
      lastBytes: (tail) => {
        tails.push(textOf(tail))
        return { complete: true, usage: { outputTokens: 9 } }
      },
    }
    const tap = open({}, rules)
    const large = JSON.stringify({ big: 'x'.repeat(100_000), list: [1], u: 9 })
    const text = `[{"t":"a"},${large}\n]`

    expect(passed(tap, pieces(bytes(text), [30_000, 90_000, text.length - 8]))).toBe(text)
    expect(tap.report()).toMatchObject({ complete: true, usage: { outputTokens: 9 } })
    expect(tails.at(-1)).toBe(large.slice(-16 * 1024))
  })

  it('forgets a large element behind which another comes', () => {
    const tap = open({}, { ...toyRules, lastBytes: () => ({ complete: true }) })
    passed(tap, pieces(bytes(`[{"big":"${'x'.repeat(100_000)}"},{"t":"a"}`), [90_000]))

    expect(tap.report().complete).toBe(false)
  })

  it('breaks where an element is too large', () => {
    const tap = open({}, { ...toyRules, maxEventBytes: 100_000 })
    tap.push(bytes(`[{"t":"${'x'.repeat(70_000)}`))

    expect(tap.push(bytes('x'.repeat(70_000)))).toHaveLength(0)
    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' } })
  })

  it('breaks at an error: its element goes, unless the caller caused it', () => {
    const theirs = open()
    const first = passed(theirs, [bytes('[{"t":"a"},{"fail":"we did"},{"t":"b"}]')])

    expect(first).toBe('[{"t":"a"}')
    expect(theirs.ending).toMatchObject({ told: false })
    expect(first + textOf(theirs.interrupt(error))).toBe('[{"t":"a"},{"fail":"gone"}]')

    const mine = open()

    expect(passed(mine, [bytes('[{"t":"a"}'), bytes(',{"fail":"you did"}')])).toBe(
      '[{"t":"a"},{"fail":"you did"}]',
    )
    expect(mine.ending).toMatchObject({ told: true })
    expect(mine.interrupt(error)).toHaveLength(0)
  })

  it('gets its bracket where the provider forgot it', () => {
    const tap = open()

    expect(passed(tap, [bytes('[{"t":"a"},{"end":true}')])).toBe('[{"t":"a"},{"end":true}')
    expect(textOf(tap.end())).toBe(']')
    expect(tap.report().complete).toBe(true)
  })

  it('that was cut does not pass for complete', () => {
    const tap = open()
    const text = passed(tap, [bytes('[{"t":"a"},{"end":tr')]) + textOf(tap.end())

    expect(tap.report().complete).toBe(false)
    expect(text + textOf(tap.interrupt(error))).toBe('[{"t":"a"},{"fail":"gone"}]')
  })

  it('may be empty', () => {
    const tap = open()

    expect(passed(tap, [bytes('[ ]')]) + textOf(tap.end())).toBe('[ ]')
    expect(tap.report()).toMatchObject({ complete: false })
    expect(tap.interrupt(error)).toHaveLength(0)
  })

  it('that is one object gets brackets, wherever it is cut', () => {
    const whole = JSON.stringify({ t: 'a "quoted" \\ [{', deep: [{ x: [1] }], end: true })
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const tap = open()
        const text = passed(tap, pieces(bytes(`\n${whole}\n`), cuts)) + textOf(tap.end())

        expect(JSON.parse(text)).toEqual([JSON.parse(whole)])
        expect(tap.report().complete).toBe(true)
        expect(tap.interrupt(error)).toHaveLength(0)
      }),
    )
  })

  it('that is one large object gets brackets, too', () => {
    const tap = open()
    const large = JSON.stringify({ t: 'x'.repeat(100_000), end: true })
    const text = passed(tap, pieces(bytes(large), [70_000, 90_000])) + textOf(tap.end())

    expect(JSON.parse(text)).toEqual([JSON.parse(large)])
  })

  it('that is one object is read', () => {
    const tap = open()
    tap.push(bytes('{"fail":"we did"}'))

    expect(tap.report()).toMatchObject({ error: { message: 'we did' } })
    expect(tap.interrupt(error)).toHaveLength(0)
  })

  it('that was one object and was cut is an array with the error', () => {
    const tap = open()
    const text = passed(tap, [bytes('{"t":"a"')]) + textOf(tap.end())

    expect(text + textOf(tap.interrupt(error))).toBe('[{"fail":"gone"}]')
  })

  it('that is no JSON at all is held back', () => {
    const tap = open()

    expect(passed(tap, [bytes('<html>')]) + textOf(tap.end())).toBe('')
    expect(tap.report().complete).toBe(false)
    expect(tap.meaningful).toBe(false)
  })

  it('breaks at an element that only looks like one', () => {
    const tap = open()

    expect(passed(tap, [bytes('[{"t":"a"},{"end" oops}')])).toBe('[{"t":"a"}')
    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' } })
  })

  it('tells its state once, in its order', () => {
    const stream = '[{"s":"a"},{"t":"x"},{"s":"b"},{"end":true}]'
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const told: OpaqueState[] = []
        const tap = open({ onState: (state) => told.push(state) })
        passed(tap, pieces(bytes(stream), cuts))
        tap.report()

        expect(told).toEqual(['a', 'b'].map(stateOf))
      }),
    )
  })
})
