import { errorPolicies } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { faultCase, faultCases, faults } from '../../src/faults/faults.ts'
import { openAIChatFaults } from '../../src/faults/renderers/openai-chat.ts'

const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']
const phases = [
  'connect',
  'request',
  'headers',
  'body',
  'before-first-part',
  'mid-stream',
  'terminal',
]
const limits = ['connect', 'first_byte', 'idle', 'response_bytes', 'event_bytes']
const pieces = [
  'prelude',
  'first-part',
  'rest',
  'finish',
  'terminator',
  'broken-event',
  'open-event',
]
const kinds = [
  'bad-request',
  'unprocessable',
  'context-length',
  'content-filter',
  'invalid-key',
  'quota',
  'billing',
  'permission',
  'model-forbidden',
  'model-not-found',
  'path-not-found',
  'too-large',
  'rate-limit',
  'internal',
  'conflict',
  'overloaded',
  'timeout',
]

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string' && value !== ''
const count: Check = (value) => Number.isInteger(value) && Number(value) > 0
const status: Check = (value) =>
  Number.isInteger(value) && Number(value) > 99 && Number(value) < 600
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(String(value))
const record: Check = (value) => typeof value === 'object' && value !== null

/** Members of each step; a question mark means that one may be absent. */
const steps: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  head: { status, 'headers?': record },
  write: { bytes: text },
  raw: { bytes: text },
  hang: {},
  end: {},
  cut: {},
  reset: {},
  answer: { 'as?': oneOf('stream', 'unary'), 'encoding?': oneOf('gzip') },
  'answer-head': { 'length?': oneOf('declared'), 'padding?': count },
  'half-body': {},
  piece: { piece: oneOf(...pieces) },
  error: { status, error: oneOf(...kinds), 'retryAfter?': record },
  'error-body': { status, error: oneOf(...kinds) },
  'error-event': { error: oneOf(...kinds) },
  page: { status },
  flood: { maxBytes: count },
}

/** Why an object does not have exactly these members. */
function misfit(value: unknown, members: Readonly<Record<string, Check>>): string | undefined {
  if (!record(value)) return 'is no object'
  const rest = new Map(Object.entries(value as Record<string, unknown>))
  for (const [spelled, check] of Object.entries(members)) {
    const name = spelled.replace('?', '')
    const absent = !rest.has(name)
    if (absent && spelled === name) return `lacks ${name}`
    if (!absent && !check(rest.get(name))) return `has a wrong ${name}`
    rest.delete(name)
  }
  return rest.size === 0 ? undefined : `has also ${[...rest.keys()].join(', ')}`
}

function stepMisfit(step: unknown): string | undefined {
  const { do: name, ...rest } = step as { readonly do: string }
  const members = steps[name]
  return members ? misfit(rest, members) : `has an unknown step ${name}`
}

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

describe('the fault list', () => {
  it('has 40 faults with stable names', () => {
    expect(faults).toHaveLength(40)
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(40)
    for (const fault of faults) {
      expect(fault.id).toMatch(kebab)
      for (const variant of fault.variants ?? []) expect(variant.id).toMatch(kebab)
    }
  })

  it('goes through the phases in order and leaves none out', () => {
    const order = faults.map((fault) => phases.indexOf(fault.phase))
    expect([...order].sort((a, b) => a - b)).toEqual(order)
    expect(new Set(order)).toEqual(new Set(phases.keys()))
  })

  it('has exactly the members of its types', () => {
    const list =
      (check: Check): Check =>
      (value) =>
        Array.isArray(value) && value.length > 0 && value.every(check)
    const common = {
      id: text,
      description: text,
      'dialects?': list(oneOf(...dialects)),
      'stream?': oneOf('stream', 'unary', 'both'),
      'limits?': list(oneOf(...limits)),
      expected: record,
      script: record,
    }
    const whole = {
      ...common,
      phase: oneOf(...phases),
      'variants?': list((variant) => misfit(variant, common) === undefined),
    }

    for (const fault of faults) expect(misfit(fault, whole), fault.id).toBeUndefined()
  })

  it.each(faultCases())('$id says things that fit the table of errors', ({ phase, expected }) => {
    if (expected.outcome === 'answer') {
      expect(Object.keys(expected)).toEqual(['outcome'])
      return
    }
    const policy = errorPolicies[expected.code]
    const { retryAfterMs, ...rest } = expected

    expect(rest).toEqual({
      outcome: 'error',
      code: expected.code,
      beforeCommit: phase !== 'mid-stream' && phase !== 'terminal',
      retryable: policy.retry !== 'no',
      fallback: policy.fallback !== 'no',
    })
    const isBreak = expected.code === 'stream_interrupted'
    if (expected.beforeCommit) expect(isBreak).toBe(false)
    else expect(isBreak || policy.callerFault).toBe(true)
    expect(retryAfterMs === undefined || count(retryAfterMs)).toBe(true)
  })

  it.each(faultCases())('$id is played by known steps', ({ script, limits: needed }) => {
    if (script.at === 'listener') {
      expect(misfit(script, { at: text, mode: oneOf('refuse', 'stall') })).toBeUndefined()
      return
    }
    expect(['connection', 'headers', 'request']).toContain(script.at)
    expect(script.steps.map(stepMisfit).filter(Boolean)).toEqual([])
    const endless = script.steps.some((step) => step.do === 'hang' || step.do === 'flood')
    // What does not end by itself says which limit ends it.
    expect(needed !== undefined).toBe(endless)
  })

  it('uses every kind of error and every piece of a stream', () => {
    const used = JSON.stringify(faults)

    for (const word of [...kinds, ...pieces]) expect(used).toContain(`"${word}"`)
    for (const kind of kinds) expect(openAIChatFaults.errorBody(kind as never, 400)).toMatch(/^\{/)
  })
})

describe('faultCases', () => {
  it('gives every fault and variant an id of its own', () => {
    const ids = faultCases().map((fault) => fault.id)

    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('rate-limited')
    expect(ids).toContain('rate-limited/http-date')
  })

  it('keeps to the dialect and the kind of call', () => {
    const unary = faultCases({ dialect: 'gemini', stream: false }).map((fault) => fault.id)
    const streamed = faultCases({ dialect: 'openai-chat', stream: true }).map((fault) => fault.id)

    expect(unary).toContain('body-cut')
    expect(unary).not.toContain('cut-mid-stream')
    expect(faultCases({ dialect: 'gemini' }).map(({ id }) => id)).not.toContain('missing-finish')
    expect(unary).toContain('key-rejected/bad-request')
    expect(streamed).not.toContain('key-rejected/bad-request')
    expect(streamed).toContain('missing-finish')
    expect(streamed).toContain('broken-json-body/html')
    expect(streamed).not.toContain('broken-json-body')
  })

  it('gives a variant what its fault says, and its own words first', () => {
    const variant = faultCase('stall-before-first-part/after-prelude')

    expect(variant).toMatchObject({ phase: 'before-first-part', stream: 'stream' })
    expect(variant.description).toContain('opening events')
    expect(() => faultCase('nonsense')).toThrow('no fault "nonsense"')
  })
})
