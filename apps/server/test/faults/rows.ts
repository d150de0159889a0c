import { type FaultCase, faultCases } from '@jackfield/testkit'
import { type DialectName, dialects } from '../compatibility/client.ts'
import { isLongTest } from '../support/long-test.ts'
import type { ClientName } from './clients/client.ts'

/**
 * How the gateway serves the call: the client's bytes forwarded; decoded and encoded anew, streamed as the client asks; or a provider
 * that is never asked to stream.
 */
export type Way = 'forward' | 'translate' | 'synthesize'

/** What else could serve the call: nothing, a second backend, a second key of the same backend. */
export type Other = 'none' | 'backend' | 'key'

/** Who asks whom, and what the gateway does in between. */
export interface Lane {
  readonly client: ClientName
  readonly provider: DialectName
  readonly way: Way
}

/** One call to be made. */
export interface Row {
  readonly fault: FaultCase
  readonly lane: Lane
  /** Whether the client asks for a stream. */
  readonly stream: boolean
  readonly other: Other
  /** Whether keep-alives go to the client before the fault has shown itself, which commits status 200. */
  readonly held: boolean
}

const lane = (client: ClientName, way: Way, provider: DialectName): Lane => ({
  client,
  provider,
  way,
})

/** Everybody’s calls forwarded to a provider of the same protocol. */
const forwarded: readonly Lane[] = [
  ...dialects.map((dialect) => lane(dialect, 'forward', dialect)),
  lane('gemini-array', 'forward', 'gemini'),
]

/** Each protocol translated from another one and to another one, and each way to translate. */
const translated: readonly Lane[] = [
  lane('openai-chat', 'translate', 'openai-chat'),
  lane('openai-chat', 'synthesize', 'openai-chat'),
  lane('openai-chat', 'translate', 'anthropic-messages'),
  lane('openai-responses', 'translate', 'openai-chat'),
  lane('anthropic-messages', 'translate', 'gemini'),
  lane('gemini', 'translate', 'openai-responses'),
  lane('gemini-array', 'translate', 'anthropic-messages'),
]

/** The lanes that the page tells of. */
export const sampledLanes: readonly Lane[] = [...forwarded, ...translated]

const names: readonly ClientName[] = [...dialects, 'gemini-array']

/** All others: tried in the long test. */
const otherLanes: readonly Lane[] = names
  .flatMap((client) => [
    ...dialects.map((provider) => lane(client, 'translate', provider)).filter(isCrossing),
    lane(client, 'synthesize', 'openai-chat'),
  ])
  .filter((one) => !sampledLanes.some((sampled) => isSame(sampled, one)))

/** Faults that take long to show themselves, or to be given up on. */
const slowFaults: ReadonlySet<string> = new Set([
  'connect-hang',
  'accept-never-read',
  'hang-before-headers',
  'rate-limited/milliseconds',
  'overloaded',
  'stall-before-first-part',
  'stall-before-first-part/after-prelude',
])

/** Failures that concern the key that was used, so that another key of the same provider may do better. */
const keyFailures: ReadonlySet<string> = new Set([
  'upstream_credentials_rejected',
  'upstream_quota_exhausted',
  'upstream_rate_limited',
  'upstream_model_unavailable',
])

/** The calls that the page tells of: in every lane, each fault that can happen, streamed and not, with and without something else to turn to. */
export const sampledRows: readonly Row[] = sampledLanes.flatMap(rowsOf)

/** Every call that is made. */
export const rows: readonly Row[] = [
  ...sampledRows,
  ...(isLongTest ? otherLanes.flatMap(rowsOf) : []),
]

function rowsOf(one: Lane): readonly Row[] {
  const streams = one.client === 'gemini-array' ? [true] : [false, true]
  const prompt = streams.flatMap((stream) =>
    faultsOf(one, stream).flatMap((fault) =>
      othersFor(fault).map((other) => ({ fault, lane: one, stream, other, held: false })),
    ),
  )
  return [...prompt, ...prompt.filter(takesLong).map((row) => ({ ...row, held: true }))]
}

function faultsOf(one: Lane, stream: boolean): readonly FaultCase[] {
  return faultCases({ dialect: one.provider, stream: upstreamStreams({ lane: one, stream }) })
}

/** With another backend nothing is waited for but the limits. */
function takesLong({ fault, stream, other }: Row): boolean {
  if (!stream || !slowFaults.has(fault.id)) return false
  return other === 'none' || (other === 'backend' && fault.limits !== undefined)
}

/**
 * How the other backend serves the call: a forwarded call is translated there and a translated one forwarded, so that the way changes in
 * mid-call; where the gateway translates without need, it does so again.
 */
export function otherLaneOf({ lane: one }: Pick<Row, 'lane'>): Lane {
  const isOther = (other: Lane): boolean =>
    other.client === one.client && isCrossing(other) !== isCrossing(one)
  if (one.way === 'forward') return translated.find(isOther) ?? one
  return forwarded.find(isOther) ?? one
}

/** Whether the provider is asked for a stream. */
export function upstreamStreams({ lane: { way }, stream }: Pick<Row, 'lane' | 'stream'>): boolean {
  return stream && way !== 'synthesize'
}

/** How the provider is asked for it. */
export function upstreamFraming({ lane: { client, way } }: Row): 'sse' | 'json-array' {
  return client === 'gemini-array' && way === 'forward' ? 'json-array' : 'sse'
}

export function nameOfLane({ client, provider, way }: Lane): string {
  if (way === 'forward') return client
  return `${client} → ${provider}${way === 'synthesize' ? ', unstreamed' : ''}`
}

export function nameOf({ fault, lane: one, stream, other, held }: Row): string {
  const beside = { none: 'alone', backend: 'with another backend', key: 'with another key' }[other]
  const kind = stream ? 'stream' : 'unary'
  return `${fault.id} (${nameOfLane(one)}, ${kind}, ${beside}${held ? ', kept alive' : ''})`
}

export function isSame(one: Lane, other: Lane): boolean {
  return one.client === other.client && one.provider === other.provider && one.way === other.way
}

/** Whether client and provider speak different protocols. */
function isCrossing({ client, provider }: Lane): boolean {
  return !client.startsWith(provider)
}

function othersFor({ phase, expected }: FaultCase): readonly Other[] {
  const perKey =
    phase === 'headers' && expected.outcome === 'error' && keyFailures.has(expected.code)
  return ['none', 'backend', ...(perKey ? (['key'] as const) : [])]
}
