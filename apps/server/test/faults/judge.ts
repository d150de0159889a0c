import {
  type ErrorCode,
  type ErrorPolicy,
  errorPolicies,
  GatewayError,
  isJsonObject,
  type JsonValue,
} from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import { faultAnswerText, faultSecret, renderFault, type ScriptStep } from '@jackfield/testkit'
import OpenAI from 'openai'
import { expect } from 'vitest'
import { keys, lowLimits, maxWaitMs, type Observation, otherText } from './observe.ts'
import { dialect, type Row, upstreamStreams } from './rows.ts'

/** Milliseconds that a busy machine may need for a call, besides what the gateway waits. */
const slackMs = 10_000

/** What must become of the call, from the fault and the table of errors alone. */
export function expectPromise(seen: Observation): void {
  const { fault, held } = seen.row
  const { expected } = fault
  if (held) expect(seen.received.body.toString()).toMatch(/^:/)
  if (expected.outcome === 'answer') expectAnswer(seen, faultAnswerText, ['a'])
  else if (!expected.beforeCommit) expectBreak(seen)
  else if (isServedElsewhere(seen.row)) expectAnswer(seen, otherText, visitsElsewhere(seen.row))
  else if (held) expectErrorEvent(seen, expected.code)
  else expectError(seen, expected.code)
  expectFailures(seen)
}

/** Every attempt on the faulty target failed for the reason that the fault list names. */
function expectFailures({ row, failures }: Observation): void {
  const { expected } = row.fault
  const codes = new Set(failures.map(({ code }) => code))
  expect([...codes]).toEqual(expected.outcome === 'error' ? [expected.code] : [])
}

/** Nothing of the operator's keys, or of what the provider quotes as one, leaves the gateway or is logged. */
export function expectNoSecret({ received, log }: Observation): void {
  const shown = `${received.body}${JSON.stringify(received.headers)}`
  for (const secret of [faultSecret, ...keys]) {
    expect(shown).not.toContain(secret)
    expect(log).not.toContain(secret)
  }
}

/** The log says of the call what the client saw of it, and of every attempt what became of it. */
export function expectTrueLog({
  row,
  received,
  call,
  failures,
  visits,
  arrived,
}: Observation): void {
  const tries = visits.filter((visit) => visit !== '…')
  const code = codeSeen(row, received)
  expect(call).toMatchObject({
    callId: received.headers['x-jackfield-request-id'],
    status: received.status,
    stream: row.stream,
    attempts: tries.length,
  })
  if (code !== 'relayed') {
    expect(call['code'] === undefined ? undefined : spelling(call['code'] as ErrorCode)).toBe(code)
  }
  const failed = call['code'] === undefined ? tries.length - 1 : tries.length
  expect(failures.map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: failed }, (_, index) => index + 1),
  )
  for (const { callId } of failures) expect(callId).toBe(call['callId'])
  const toA = tries.filter((visit) => visit.startsWith('a'))
  const atA = arrived.a ?? toA.length
  // A limit may end a request of a busy machine before the provider has seen it.
  if (row.fault.limits === undefined) expect(atA).toBe(toA.length)
  else expect(atA).toBeLessThanOrEqual(toA.length)
  expect(arrived.b).toBe(tries.length - toA.length)
}

/** Whether this way, this other target is allowed to serve the call instead. */
function isServedElsewhere({ fault, other }: Row): boolean {
  const { expected } = fault
  if (expected.outcome !== 'error' || !expected.beforeCommit) return false
  const { fallback } = errorPolicies[expected.code]
  return other === 'backend' ? fallback !== 'no' : other === 'key' && fallback === 'target'
}

function visitsElsewhere({ other }: Row): readonly string[] {
  return other === 'key' ? ['a[0]', 'a[1]'] : ['a', 'b']
}

function expectAnswer(seen: Observation, text: string, visits: readonly string[]): void {
  const { row, received, sdk, call } = seen
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visits)
  expect(received).toMatchObject({ status: 200, whole: true })
  expect(sdk.error).toBeUndefined()
  expect(sdk.text).toBe(text)
  expect(call).toMatchObject({ status: 200, backend: visits.at(-1)?.slice(0, 1) })
  expect(call['code']).toBeUndefined()
  expect(violationsIn(seen)).toEqual(deviations(row))
  expect(call['durationMs']).toBeLessThan(slackMs)
  if (!row.stream) return
  expect(received.headers['content-type']).toMatch(/^text\/event-stream/)
  const lacksDone = row.fault.id === 'missing-terminator' && row.way === 'forward'
  expect(received.body.includes('data: [DONE]\n\n')).toBe(!lacksDone)
}

/** What a provider leaves out of its stream it leaves out of a forwarded one. */
function deviations({ fault, way }: Row): readonly unknown[] {
  if (way !== 'forward') return []
  if (fault.id === 'missing-terminator') return [expect.stringContaining('without `[DONE]`')]
  if (fault.id === 'missing-finish') return [expect.stringContaining('before a finish reason')]
  return []
}

function expectError(seen: Observation, code: ErrorCode): void {
  const { row, received, sdk, call } = seen
  const policy = errorPolicies[code]
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visitsAlone(row, policy))
  expect(received.whole).toBe(true)
  expect(call['code']).toBe(code)
  expect(sdk.error).toBeInstanceOf(OpenAI.APIError)
  expect(sdk.text).toBe('')
  if (policy.callerFault && row.way === 'forward') {
    expect(answerOf(received)).toEqual(providerAnswer(row))
  } else {
    expect(received.status).toBe(policy.status)
    expect(codeIn(received.body.toString())).toBe(spelling(code))
    expect(openaiChat.validateResponse(received.body)).toEqual([])
  }
  expectHint(seen)
  expectDuration(seen)
}

function expectHint({ row, received }: Observation): void {
  const { expected } = row.fault
  const hint = expected.outcome === 'error' ? expected.retryAfterMs : undefined
  const told = received.headers['retry-after']
  if (hint === undefined) {
    expect(told).toBeUndefined()
    return
  }
  expect(Number(told)).toBeGreaterThanOrEqual(hint / 1_000)
  expect(Number(told)).toBeLessThanOrEqual(Math.ceil(hint / 1_000) + 1)
}

function expectDuration({ row, call }: Observation): void {
  const limits = (row.fault.limits ?? []).flatMap((limit) =>
    limit in lowLimits ? [lowLimits[limit as keyof typeof lowLimits]] : [],
  )
  const least = waitsIn(row) + Math.min(...(limits.length > 0 ? limits : [0]))
  // Timers may fire up to a millisecond early.
  expect(call['durationMs']).toBeGreaterThanOrEqual(least - 5)
  expect(call['durationMs']).toBeLessThan(least + slackMs)
}

/** What the gateway waits at least before it gives up, with its own back-off at its shortest. */
function waitsIn({ fault, other }: Row): number {
  const { expected } = fault
  if (expected.outcome !== 'error' || other !== 'none') return 0
  const { retry } = errorPolicies[expected.code]
  const hint = expected.retryAfterMs
  if (retry === 'once') return 80
  if (retry !== 'delay') return 0
  if (hint === undefined) return 400 + 800
  return hint > maxWaitMs ? 0 : 2 * hint
}

function visitsAlone({ fault, other }: Row, { retry, fallback }: ErrorPolicy): readonly string[] {
  const first = other === 'key' ? 'a[0]' : 'a'
  if (fallback !== 'target') return [first]
  const hint = fault.expected.outcome === 'error' ? fault.expected.retryAfterMs : undefined
  if (retry === 'once') return ['a', '…', 'a']
  if (retry === 'delay' && (hint ?? 0) <= maxWaitMs) return ['a', '…', 'a', '…', 'a']
  return [first]
}

/** Status 200 has been sent with the first keep-alive, so that the error can only be an event. */
function expectErrorEvent(seen: Observation, code: ErrorCode): void {
  const { row, received, sdk, call } = seen
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visitsAlone(row, errorPolicies[code]))
  expect(received).toMatchObject({ status: 200, whole: true })
  expect(received.body.includes('data: [DONE]')).toBe(false)
  expect(sdk.text).toBe('')
  expect(sdk.error).toBeInstanceOf(OpenAI.APIError)
  expect(sdk.error).toMatchObject({ code: spelling(code) })
  expect(call).toMatchObject({ status: 200, code })
  expect(violationsIn(seen)).toEqual([])
}

/** The stream breaks after its first meaningful part: what came stands, an error follows, nothing else. */
function expectBreak(seen: Observation): void {
  const { row, received, sdk, call, failures } = seen
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(['a'])
  expect(received).toMatchObject({ status: 200, whole: true })
  expect(sdk.text).not.toBe('')
  expect(faultAnswerText.startsWith(sdk.text)).toBe(true)
  expect(received.body.includes('data: [DONE]')).toBe(false)
  expect(codeIn(lastData(received.body))).toBe('stream_interrupted')
  expect(call).toMatchObject({ status: 200, code: 'stream_interrupted' })
  expect(failures).toMatchObject([{ code: 'stream_interrupted', next: 'delivered' }])
  if (row.fault.id === 'oversized-event' && row.way === 'forward') {
    // Its beginning has gone to the client before it turned out to be too large; SDKs raise at that.
    expect(sdk.error).toBeInstanceOf(SyntaxError)
    expect(violationsIn(seen)).toEqual([expect.stringContaining('not a JSON object')])
    return
  }
  expect(sdk.error).toBeInstanceOf(OpenAI.APIError)
  expect(sdk.error).toMatchObject({ code: 'stream_interrupted' })
  expect(violationsIn(seen)).toEqual([])
}

/** Violations of what the client got, by the dialect's own validators. */
function violationsIn({ row, received }: Observation): readonly string[] {
  if (!row.stream) return openaiChat.validateResponse(received.body)
  const validator = openaiChat.streamValidator('sse')
  validator.push(received.body)
  validator.end()
  return validator.violations
}

/** The code in what the client got, `relayed` where the provider's own words were passed on. */
function codeSeen(row: Row, { status, body }: Observation['received']): string | null | undefined {
  if (status === 200) return row.stream ? codeIn(lastData(body)) : undefined
  const { expected } = row.fault
  const callerFault = expected.outcome === 'error' && errorPolicies[expected.code].callerFault
  return callerFault && row.way === 'forward' ? 'relayed' : codeIn(body.toString())
}

function lastData(body: Buffer): string {
  const text = body.toString()
  return text.slice(text.lastIndexOf('data: ') + 'data: '.length).trim()
}

function codeIn(json: string): string | null | undefined {
  const value = parse(json)
  const error = isJsonObject(value) ? value['error'] : undefined
  return isJsonObject(error) ? (error['code'] as string | null) : undefined
}

function parse(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** How the client's dialect spells a code. */
function spelling(code: ErrorCode): string | null | undefined {
  const { body } = openaiChat.encodeError(new GatewayError(code, 'x'))
  return codeIn(Buffer.from(body).toString())
}

/** Whether the client got the provider's answer byte for byte. */
export function isAsProviderSaid({ row, received }: Observation): boolean {
  if (row.fault.script.at === 'listener') return false
  const { status, body } = providerAnswer(row)
  const got = answerOf(received)
  return got.status === status && got.body === body
}

function answerOf({ status, body }: Observation['received']) {
  return { status, body: body.toString() }
}

/** Status and body of the provider's error, as it sends them. */
function providerAnswer(row: Row): { readonly status: number; readonly body: string } {
  const { steps } = renderFault(row.fault, { dialect, stream: upstreamStreams(row) })
  const played = (typeof steps === 'function' ? steps(undefined as never) : steps) as ScriptStep[]
  const head = played.find((step) => step.do === 'head')
  const body = played.map((step) => (step.do === 'write' ? String(step.bytes) : '')).join('')
  return { status: head?.status ?? 0, body }
}

/** With one key there is nothing to tell apart. */
function withoutOnlyKey({ other }: Row): (visit: string) => string {
  return (visit) => (other === 'key' ? visit : visit.replace(/\[\d+\]$/, ''))
}
