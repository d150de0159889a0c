import { type ErrorCode, type ErrorPolicy, errorPolicies } from '@jackfield/core'
import { faultAnswerText } from '@jackfield/testkit'
import { expect } from 'vitest'
import type { ClientName } from './clients/client.ts'
import { lowLimits, maxWaitMs, type Observation } from './observe.ts'
import { otherText } from './providers.ts'
import type { Row } from './rows.ts'
import { clientOf, isHalfEvent, isRelayed, providerAnswer, toldError } from './told.ts'
import { lineOf } from './true-log.ts'

/** Milliseconds that a busy machine may need for a call, besides what the gateway waits. */
const slackMs = 10_000

/** What must become of the call, from the fault and the table of errors alone. */
export function expectPromise(seen: Observation): void {
  const { fault, held } = seen.row
  const { expected } = fault
  expect(seen.asked).toBe(1)
  if (held) expectKeptAlive(seen)
  if (expected.outcome === 'answer') expectAnswer(seen, faultAnswerText, ['a'])
  else if (!expected.beforeCommit) expectBreak(seen, expected.code)
  else if (isServedElsewhere(seen.row)) expectAnswer(seen, otherText, visitsElsewhere(seen.row))
  else if (held) expectErrorEvent(seen, expected.code)
  else expectError(seen, expected.code)
  expectFailures(seen)
}

function expectKeptAlive(seen: Observation): void {
  const { dialect, framing } = clientOf(seen)
  const beat = Buffer.from(dialect.keepAlive(framing))
  expect(seen.received.body.subarray(0, beat.length).toString()).toBe(beat.toString())
}

/** Every attempt on the faulty target failed for the reason that the fault list names, and the target suffers only for what it did. */
function expectFailures({ row, failures, changes }: Observation): void {
  const { expected } = row.fault
  const codes = new Set(failures.map(({ code }) => code))
  const isError = expected.outcome === 'error'
  expect([...codes]).toEqual(isError ? [expected.code] : [])
  expect(changes.length > 0).toBe(isError && errorPolicies[expected.code].cools !== 'nothing')
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
  const { row, received, heard } = seen
  const call = lineOf(seen)
  const client = clientOf(seen)
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visits)
  expect(received).toMatchObject({ status: 200, whole: true })
  expect(heard.error).toBeUndefined()
  expect(heard.text).toBe(text)
  expect(call['status']).toBe(200)
  expect(String(call['backend'])[0]).toBe(visits.at(-1)?.[0])
  expect(call['code']).toBeUndefined()
  expect(violationsIn(seen)).toEqual(deviationsOf(row))
  expect(call['durationMs']).toBeLessThan(slackMs)
  const lacksFinish = row.fault.id === 'missing-finish' && row.lane.way === 'forward'
  expect(heard.finish).toBe(lacksFinish ? null : client.finish)
  if (!row.stream) return
  expect(received.headers['content-type']).toMatch(
    client.framing === 'sse' ? /^text\/event-stream/ : /^application\/json/,
  )
  const lacksTerminator = row.fault.id === 'missing-terminator' && row.lane.way === 'forward'
  if (client.terminator === undefined) return
  expect(received.body.toString().endsWith(client.terminator)).toBe(!lacksTerminator)
}

/** How forwarded streams break the rules of their protocol: exactly as their provider does. */
const deviations: Readonly<Record<string, Partial<Readonly<Record<ClientName, string>>>>> = {
  'missing-terminator': {
    'openai-chat': 'the stream ends without `[DONE]`',
    'anthropic-messages': 'the stream ends without `message_stop`',
  },
  'missing-finish': {
    'openai-chat': 'comes before a finish reason',
    'anthropic-messages': '`message_stop` comes before `message_delta`',
  },
  // No terminator says that what follows is not part of the stream.
  'garbage-after-terminator': { gemini: 'a line is neither `data:` nor a comment' },
}

function deviationsOf({ fault, lane }: Row): readonly unknown[] {
  const deviation = lane.way === 'forward' ? deviations[fault.id]?.[lane.client] : undefined
  return deviation === undefined ? [] : [expect.stringContaining(deviation)]
}

function expectError(seen: Observation, code: ErrorCode): void {
  const { row, received, heard } = seen
  const policy = errorPolicies[code]
  const client = clientOf(seen)
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visitsAlone(row, policy))
  expect(received.whole).toBe(true)
  expect(lineOf(seen)['code']).toBe(code)
  expect(client.isToldError(heard.error)).toBe(true)
  expect(heard.error).toMatchObject({ status: received.status })
  expect(heard.text).toBe('')
  if (isRelayed(row)) {
    expect({ status: received.status, body: received.body.toString() }).toEqual(providerAnswer(row))
  } else {
    expect(received.status).toBe(statusOf(seen, code))
    expect(client.dialect.validateResponse(received.body)).toEqual([])
  }
  expectHint(seen)
  expectDuration(seen)
}

/** Anthropic has a status of its own for overload. */
function statusOf({ row }: Observation, code: ErrorCode): number {
  const { status } = errorPolicies[code]
  return status === 503 && row.lane.client === 'anthropic-messages' ? 529 : status
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

function expectDuration(seen: Observation): void {
  const { row } = seen
  const call = lineOf(seen)
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
  const { row, received, heard } = seen
  const client = clientOf(seen)
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(visitsAlone(row, errorPolicies[code]))
  expect(received).toMatchObject({ status: 200, whole: true })
  expect(received.body.toString()).not.toMatch(client.end)
  expect(heard.text).toBe('')
  expect(client.isToldError(heard.error)).toBe(true)
  expect(toldError(seen)).toBeDefined()
  expect(lineOf(seen)).toMatchObject({ status: 200, code })
  expect(violationsIn(seen)).toEqual([])
}

/** The stream breaks after its first meaningful part: what came stands, an error follows, nothing else. */
function expectBreak(seen: Observation, code: ErrorCode): void {
  const { row, received, heard, failures } = seen
  const client = clientOf(seen)
  expect(seen.visits.map(withoutOnlyKey(row))).toEqual(['a'])
  expect(received.status).toBe(200)
  expect(received.body.toString()).not.toMatch(client.end)
  expect(lineOf(seen)).toMatchObject({ status: 200, code })
  expect(failures).toMatchObject([{ code, next: 'delivered' }])
  if (isHalfEvent(row)) {
    expectHalfEvent(seen)
    return
  }
  expect(received.whole).toBe(true)
  expect(heard.text).not.toBe('')
  expect(faultAnswerText.startsWith(heard.text)).toBe(true)
  expect(client.isToldError(heard.error)).toBe(true)
  expect(toldError(seen)).toBeDefined()
  expect(violationsIn(seen)).toEqual([])
}

/** Libraries raise at half an event. An array cannot go on behind half an element, so that the connection breaks off. */
function expectHalfEvent(seen: Observation): void {
  const client = clientOf(seen)
  const isArray = client.framing === 'json-array'
  expect(seen.heard.error).toBeInstanceOf(Error)
  expect(seen.received.whole).toBe(!isArray)
  expect(toldError(seen) === undefined).toBe(isArray)
  expect(violationsIn(seen)).not.toEqual([])
}

/** Violations of what the client got, by the dialect's own validators. */
function violationsIn(seen: Observation): readonly string[] {
  const { dialect, framing } = clientOf(seen)
  const { body } = seen.received
  if (!seen.row.stream) return dialect.validateResponse(body)
  const validator = dialect.streamValidator(framing)
  validator.push(body)
  validator.end()
  return validator.violations
}

/** With one key there is nothing to tell apart. */
function withoutOnlyKey({ other }: Row): (visit: string) => string {
  return (visit) => (other === 'key' ? visit : visit.replace(/\[\d+\]$/, ''))
}
