import type { JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { json } from '../support/bytes.ts'
import { inResponse, legal, mutants, numbered, written } from './support/mutants.ts'
import { violationsOf } from './support/responses.ts'

describe('the validator of streams', () => {
  it('accepts a legal stream with one item of every kind', () => {
    expect(violationsOf(written(legal))).toEqual([])
  })

  it('accepts it in pieces of any size', () => {
    const validator = openaiResponses.streamValidator('sse')
    for (const byte of Buffer.from(written(legal))) validator.push(Uint8Array.of(byte))
    validator.end()

    expect(validator.violations).toEqual([])
  })

  it.each(mutants)('refuses a stream with %s', (_, stream, words) => {
    const violations = violationsOf(stream)

    expect(violations.some((violation) => violation.includes(words))).toBe(true)
    expect(violations.every((violation) => /^event \d+: /.test(violation))).toBe(true)
  })

  it('accepts an answer of the background', () => {
    const [created, running, ...rest] = legal
    const queued = inResponse('status', 'queued')
    const stream = [
      queued(created as JsonObject),
      { ...queued(running as JsonObject), type: 'response.queued' },
      running,
      ...rest,
    ]

    expect(violationsOf(written(numbered(stream as JsonObject[])))).toEqual([])
  })

  it('accepts an error as the end', () => {
    const error = { type: 'error', message: 'x', code: null, param: null }

    expect(violationsOf(written(numbered([...legal.slice(0, 6), error])))).toEqual([])
    expect(violationsOf(written([...legal.slice(0, 6), error]))).toEqual([])
  })

  it('judges one document by the rules of documents', () => {
    const validator = openaiResponses.streamValidator('json')
    validator.push(json({ object: 'response' }))
    validator.end()

    expect(validator.violations.length).toBeGreaterThan(0)
  })
})
