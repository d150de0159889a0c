import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createTap } from '../../src/index.ts'
import { bytes } from '../support/pieces.ts'
import { stateOf, toyRules } from '../support/toy-protocol.ts'

describe('a watched document', () => {
  it('passes as it comes, and is read once it has come', () => {
    const told: unknown[] = []
    const tap = createTap('json', toyRules, { onState: (state) => told.push(state) })
    const chunk = bytes('{"s":"a",')

    expect(tap.push(chunk)).toBe(chunk)
    tap.push(bytes('"end":true}'))
    expect(tap.meaningful).toBe(false)
    tap.end()

    expect(tap.report()).toEqual({ complete: true })
    expect(tap.meaningful).toBe(true)
    expect(told).toEqual([stateOf('a')])
  })

  it('that is no JSON is an invalid answer', () => {
    const tap = createTap('json', toyRules)
    tap.push(bytes('<html>'))
    tap.end()

    expect(tap.report()).toMatchObject({
      complete: false,
      error: { code: 'upstream_invalid_response' },
    })
  })

  it('cannot be interrupted honestly', () => {
    const tap = createTap('json', toyRules)

    expect(tap.interrupt(new GatewayError('stream_interrupted', 'gone'))).toHaveLength(0)
  })

  it('does not hide what its rules do wrong', () => {
    const tap = createTap('json', {
      ...toyRules,
      body: () => {
        throw new TypeError('a bug')
      },
    })

    expect(() => tap.end()).toThrow('a bug')
  })
})

describe('watched bytes', () => {
  it('are complete when they have ended', () => {
    const tap = createTap('opaque', toyRules)
    const chunk = bytes('x')

    expect(tap.push(chunk)).toBe(chunk)
    expect(tap.meaningful).toBe(true)
    expect(tap.report()).toEqual({ complete: false })
    expect(tap.end()).toHaveLength(0)
    expect(tap.report()).toEqual({ complete: true })
    expect(tap.interrupt(new GatewayError('stream_interrupted', 'gone'))).toHaveLength(0)
  })
})
