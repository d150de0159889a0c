import { type ErrorCode, errorPolicies, GatewayError, type JsonValue } from '@jackfield/core'
import { renderFault, type ScriptStep } from '@jackfield/testkit'
import type { Client, WireError } from './clients/client.ts'
import { clients } from './clients/clients.ts'
import type { Observation } from './observe.ts'
import { type Row, upstreamFraming, upstreamStreams } from './rows.ts'

export function clientOf({ row }: Pick<Observation, 'row'>): Client {
  return clients[row.lane.client]
}

/** The error that the client was told, in an answer or as the last that its stream said. */
export function toldError(seen: Observation): WireError | undefined {
  const { row, received } = seen
  if (received.status === 200 && !row.stream) return undefined
  return clientOf(seen).errorIn(lastDocument(seen))
}

/** The document of an answer, or of the last event or element of a stream. */
export function lastDocument(seen: Observation): JsonValue | undefined {
  const { status, body } = seen.received
  const isEvents = status === 200 && seen.row.stream && clientOf(seen).framing === 'sse'
  const mark = 'data: '
  const last = isEvents ? body.subarray(body.lastIndexOf(mark) + mark.length) : body
  const document = parse(last.toString())
  return Array.isArray(document) ? document.at(-1) : document
}

/** How a protocol spells a code. */
export function spelling(client: Client, code: ErrorCode): WireError | undefined {
  const { body } = client.dialect.encodeError(new GatewayError(code, 'x'))
  return client.errorIn(parse(Buffer.from(body).toString()))
}

function parse(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Whether the provider's own words are promised: what it blames the caller for, forwarded. */
export function isRelayed({ fault, lane }: Row): boolean {
  const { expected } = fault
  const isCallers = expected.outcome === 'error' && errorPolicies[expected.code].callerFault
  return isCallers && lane.way === 'forward'
}

/** The beginning of an event has gone to the client before it turned out to be too large. */
export function isHalfEvent({ fault, lane }: Row): boolean {
  return fault.id === 'oversized-event' && lane.way === 'forward'
}

/** Whether the client got the provider's answer byte for byte. */
export function isAsProviderSaid({ row, received }: Observation): boolean {
  if (row.fault.script.at === 'listener') return false
  const { status, body } = providerAnswer(row)
  return received.status === status && received.body.toString() === body
}

/** Status and body of the provider's error, as it sends them. */
export function providerAnswer(row: Row): { readonly status: number; readonly body: string } {
  const { steps } = renderFault(row.fault, {
    dialect: row.lane.provider,
    stream: upstreamStreams(row),
    framing: upstreamFraming(row),
  })
  const played = (typeof steps === 'function' ? steps(undefined as never) : steps) as ScriptStep[]
  const head = played.find((step) => step.do === 'head')
  const body = played.map((step) => (step.do === 'write' ? String(step.bytes) : '')).join('')
  return { status: head?.status ?? 0, body }
}
