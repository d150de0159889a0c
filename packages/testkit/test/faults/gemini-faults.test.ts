import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ScriptStep } from '../../src/fake/script.ts'
import type { FaultCase } from '../../src/faults/fault.ts'
import { faultCase, faultCases } from '../../src/faults/faults.ts'
import { type FaultCall, renderFault } from '../../src/faults/render-fault.ts'
import { faultAnswerText, faultSecret } from '../../src/faults/renderer.ts'
import { geminiFaults } from '../../src/faults/renderers/gemini.ts'

interface Chunk {
  readonly candidates?: readonly {
    readonly content: { readonly parts?: readonly { readonly text?: string }[] }
    readonly finishReason?: string
  }[]
  readonly usageMetadata?: unknown
}

const textOf = (chunk: Chunk): string =>
  (chunk.candidates?.[0]?.content.parts ?? []).map((part) => part.text).join('')
const eventOf = (frame: string): Chunk => {
  expect(frame).toMatch(/^data: .*\r\n\r\n$/)
  return JSON.parse(frame.slice('data: '.length))
}

function stepsOf(
  fault: FaultCase,
  stream: boolean,
  framing?: FaultCall['framing'],
): readonly ScriptStep[] {
  const { steps } = renderFault(fault, {
    dialect: 'gemini',
    stream,
    now: () => 1000,
    ...(framing && { framing }),
  })
  // The renderer's handlers ask nothing of the request.
  return typeof steps === 'function'
    ? [...(steps(undefined as never) as Iterable<ScriptStep>)]
    : steps
}

function bodyOf(steps: readonly ScriptStep[]): string {
  const bytes = steps.flatMap((step) => (step.do === 'write' ? [Buffer.from(step.bytes)] : []))
  return Buffer.concat(bytes).toString()
}

function headersOf(steps: readonly ScriptStep[]): Readonly<Record<string, unknown>> {
  const head = steps.find((step) => step.do === 'head')
  return head?.headers ?? {}
}

const scripted = faultCases({ dialect: 'gemini' }).filter(({ script }) => script.at !== 'listener')
const errors = scripted.filter(
  ({ script }) => script.at === 'request' && script.steps.some((step) => step.do === 'error'),
)

describe('the faults of Gemini', () => {
  it.each(scripted)('$id can be played', (fault) => {
    const kinds = fault.stream === 'both' ? [true, false] : [fault.stream === 'stream']

    for (const stream of kinds) expect(stepsOf(fault, stream).length).toBeGreaterThan(0)
  })

  it.each(errors)('$id is an error in the envelope of Google', (fault) => {
    const steps = stepsOf(fault, true)
    const status = steps.find((step) => step.do === 'head')?.status

    const { error } = JSON.parse(bodyOf(steps))

    expect(error).toMatchObject({ code: status, status: expect.stringMatching(/^[A-Z_]+$/) })
    expect(error.message).not.toBe('')
  })

  it.each([
    ['bad-request', 'INVALID_ARGUMENT'],
    ['key-rejected', 'UNAUTHENTICATED'],
    ['quota-exhausted', 'RESOURCE_EXHAUSTED'],
    ['quota-exhausted/payment-required', 'FAILED_PRECONDITION'],
    ['forbidden', 'PERMISSION_DENIED'],
    ['model-not-found', 'NOT_FOUND'],
    ['transient-error', 'INTERNAL'],
    ['overloaded', 'UNAVAILABLE'],
    ['overloaded/529', 'UNAVAILABLE'],
    ['timeout-status', 'DEADLINE_EXCEEDED'],
  ])('%s is called %s', (id, status) => {
    expect(JSON.parse(bodyOf(stepsOf(faultCase(id), false)))).toMatchObject({ error: { status } })
  })

  it('tell a day’s quota from a minute’s limit, and name the key that is refused', () => {
    const quota = bodyOf(stepsOf(faultCase('quota-exhausted'), false))
    const rate = bodyOf(stepsOf(faultCase('rate-limited'), false))
    const key = bodyOf(stepsOf(faultCase('key-rejected'), false))

    expect(quota).toContain('PerDay')
    expect(rate).not.toContain('PerDay')
    expect(key).toContain(faultSecret)
    expect(key).toContain('API_KEY_INVALID')
  })

  it('say when to come back in the body, and in the header where only the header can', () => {
    const seconds = stepsOf(faultCase('rate-limited'), false)
    const date = stepsOf(faultCase('rate-limited/http-date'), false)
    const none = stepsOf(faultCase('rate-limited/no-hint'), false)

    expect(bodyOf(seconds)).toContain('"retryDelay":"7s"')
    expect(headersOf(seconds)).not.toHaveProperty('retry-after')
    expect(headersOf(date)).toMatchObject({ 'retry-after': 'Thu, 01 Jan 1970 00:00:21 GMT' })
    expect(bodyOf(date)).not.toContain('retryDelay')
    expect(bodyOf(none)).not.toContain('retryDelay')
  })

  it('cut the good stream into its pieces', () => {
    const { piece, completion } = geminiFaults
    const [prelude, first, rest, finish] = (
      ['prelude', 'first-part', 'rest', 'finish'] as const
    ).map((name) => eventOf(piece(name)))
    const all = [prelude, first, rest, finish].map((chunk) => textOf(chunk ?? {}))

    expect(all[0]).toBe('')
    expect(all[1]).toBe('Hello')
    expect(all.join('')).toBe(faultAnswerText)
    expect(textOf(JSON.parse(completion))).toBe(faultAnswerText)
    expect(finish?.candidates?.[0]?.finishReason).toBe('STOP')
    expect(rest?.candidates?.[0]).not.toHaveProperty('finishReason')
    expect(finish?.usageMetadata).toEqual(JSON.parse(completion).usageMetadata)
    expect(piece('terminator')).toBe('')
    expect(() => eventOf(piece('broken-event'))).toThrow(SyntaxError)
    expect(piece('open-event')).not.toContain('\r\n')
  })

  it('are arrays where a stream is asked for as one', () => {
    const bodyFor = (id: string) => bodyOf(stepsOf(faultCase(id), true, 'json-array'))
    const whole = stepsOf(faultCase('garbage-after-terminator/cut'), true, 'json-array')

    expect(headersOf(whole)).toEqual({ 'content-type': 'application/json; charset=UTF-8' })
    expect((JSON.parse(bodyOf(whole)) as Chunk[]).map(textOf).join('')).toBe(faultAnswerText)
    expect(JSON.parse(bodyFor('rate-limited'))).toMatchObject([{ error: { code: 429 } }])
    expect(JSON.parse(bodyFor('error-in-200'))).toMatchObject([{ error: { code: 500 } }])
    expect(JSON.parse(bodyFor('error-before-first-part'))).toMatchObject([{ error: { code: 500 } }])
    expect(JSON.parse(bodyFor('error-mid-stream')).at(-1)).toMatchObject({ error: { code: 503 } })
    expect(JSON.parse(bodyFor('completion-for-stream'))).not.toBeInstanceOf(Array)
    expect(() => JSON.parse(bodyFor('cut-mid-stream'))).toThrow(SyntaxError)
  })

  it('are not arrays where no stream is asked for', () => {
    const unary = bodyOf(stepsOf(faultCase('rate-limited'), false, 'json-array'))

    expect(JSON.parse(unary)).toMatchObject({ error: { code: 429 } })
    expect(() =>
      renderFault(faultCase('overloaded'), {
        dialect: 'openai-chat',
        stream: true,
        framing: 'json-array',
      }),
    ).toThrow('no streams as arrays')
  })

  it('put errors into streams, and whole answers into gzip', () => {
    const error = bodyOf(stepsOf(faultCase('error-mid-stream'), true))
      .split('\r\n\r\n')
      .at(-2)
    const limit = bodyOf(stepsOf(faultCase('error-before-first-part/after-prelude'), true))
    const zipped = stepsOf(faultCase('unasked-gzip'), false).find((step) => step.do === 'write')

    expect(error).toMatch(/^data: \{"error":\{"code":503,.*"UNAVAILABLE"/)
    expect(limit).toContain('"code":429')
    expect(JSON.parse(gunzipSync(Buffer.from(zipped?.bytes ?? '')).toString())).toEqual(
      JSON.parse(geminiFaults.completion),
    )
  })
})
