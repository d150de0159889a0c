import type { ErrorCode } from '@jackfield/core'
import { faultSecret } from '@jackfield/testkit'
import { expect } from 'vitest'
import type { LogLine } from '../end-to-end/harness.ts'
import { type Observation, secretPrefix } from './observe.ts'
import { otherLaneOf } from './rows.ts'
import { clientOf, isHalfEvent, isRelayed, lastDocument, spelling, toldError } from './told.ts'

/** Nothing of the operator's keys, or of what the provider quotes as one, leaves the gateway or is logged. */
export function expectNoSecret({ received, log }: Observation): void {
  const shown = `${received.body}${JSON.stringify(received.headers)}`
  for (const secret of [faultSecret, secretPrefix]) {
    expect(shown).not.toContain(secret)
    expect(log).not.toContain(secret)
  }
}

/** The one line of the call. */
export function lineOf({ calls }: Observation): LogLine {
  const [call] = calls
  if (call === undefined || calls.length > 1) throw new Error(`the call has ${calls.length} lines`)
  return call
}

/** The log says of the call what the client saw of it, and of every attempt what became of it. */
export function expectTrueLog(seen: Observation): void {
  const { row, received, failures, visits } = seen
  const call = lineOf(seen)
  const tries = visits.filter((visit) => visit !== '…')
  const lastLane = tries.at(-1)?.startsWith('b') ? otherLaneOf(row) : row.lane
  expect(call).toMatchObject({
    callId: received.headers['x-jackfield-request-id'],
    dialect: clientOf(seen).dialect.name,
    way: lastLane.way === 'forward' ? 'forward' : 'translate',
    status: received.status,
    stream: row.stream,
    attempts: tries.length,
  })
  expectTrueEnd(seen, call)
  const failed = call['code'] === undefined ? tries.length - 1 : tries.length
  expect(failures.map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: failed }, (_, index) => index + 1),
  )
  for (const { callId } of failures) expect(callId).toBe(call['callId'])
  expectArrivals(seen, tries)
}

/** A call is logged as good exactly if its client got a good answer, and otherwise with what the client was told. */
function expectTrueEnd(seen: Observation, call: LogLine): void {
  const { row, heard } = seen
  const { code, reason, finishReason } = call
  const client = clientOf(seen)
  expect(code === undefined).toBe(heard.error === undefined)
  expect(finishReason).toBe(code === undefined ? 'stop' : undefined)
  if (code === undefined) return
  if (isRelayed(row)) {
    expect(codeOfProvider(seen)).toBe(code)
    return
  }
  const told = toldError(seen)
  const { message: _, ...words } = spelling(client, code as ErrorCode) ?? { message: '' }
  if (told === undefined) expect(isHalfEvent(row)).toBe(true)
  else {
    expect(told).toMatchObject(words)
    expect(told.message).toContain(reason)
  }
}

/** What the provider's own words, as the client got them, mean. */
function codeOfProvider(seen: Observation): ErrorCode {
  const { status, headers } = seen.received
  const body = Buffer.from(JSON.stringify(lastDocument(seen)))
  // Events have no status: providers say there what they would say with this one.
  return clientOf(seen).dialect.decodeError({
    status: status === 200 ? 400 : status,
    headers,
    body,
  }).code
}

function expectArrivals({ row, arrived }: Observation, tries: readonly string[]): void {
  const toA = tries.filter((visit) => visit.startsWith('a'))
  const atA = arrived.a ?? toA.length
  // A limit may end a request of a busy machine before the provider has seen it.
  if (row.fault.limits === undefined) expect(atA).toBe(toA.length)
  else expect(atA).toBeLessThanOrEqual(toA.length)
  expect(arrived.b).toBe(tries.length - toA.length)
}
