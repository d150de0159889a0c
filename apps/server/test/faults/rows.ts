import { type FaultCase, faultCases } from '@jackfield/testkit'

/**
 * How the gateway serves the call: the client's bytes forwarded; decoded and encoded anew, streamed as the client asks; or a provider
 * that is never asked to stream.
 */
export type Way = 'forward' | 'translate' | 'synthesize'

/** What else could serve the call: nothing, a second backend, a second key of the same backend. */
export type Other = 'none' | 'backend' | 'key'

/** One call to be made. */
export interface Row {
  readonly fault: FaultCase
  readonly way: Way
  /** Whether the client asks for a stream. */
  readonly stream: boolean
  readonly other: Other
  /** Whether keep-alives go to the client before the fault has shown itself, which commits status 200. */
  readonly held: boolean
}

export const dialect = 'openai-chat'

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

const prompt: readonly Row[] = (['forward', 'translate', 'synthesize'] as const).flatMap((way) =>
  [false, true].flatMap((stream) =>
    faultCases({ dialect, stream: upstreamStreams({ way, stream }) }).flatMap((fault) =>
      othersFor(fault).map((other) => ({ fault, way, stream, other, held: false })),
    ),
  ),
)

/** Every call of the matrix: each fault that can happen, streamed and not, with and without something else to turn to. */
export const rows: readonly Row[] = [
  ...prompt,
  ...prompt.filter(takesLong).map((row) => ({ ...row, held: true })),
]

/** With another backend nothing is waited for but the limits. */
function takesLong({ fault, stream, other }: Row): boolean {
  if (!stream || !slowFaults.has(fault.id)) return false
  return other === 'none' || (other === 'backend' && fault.limits !== undefined)
}

/** Whether the provider is asked for a stream. */
export function upstreamStreams({ way, stream }: Pick<Row, 'way' | 'stream'>): boolean {
  return stream && way !== 'synthesize'
}

export function nameOf({ fault, way, stream, other, held }: Row): string {
  const beside = { none: 'alone', backend: 'with another backend', key: 'with another key' }[other]
  const kind = stream ? 'stream' : 'unary'
  return `${fault.id} (${way}, ${kind}, ${beside}${held ? ', kept alive' : ''})`
}

function othersFor({ phase, expected }: FaultCase): readonly Other[] {
  const perKey =
    phase === 'headers' && expected.outcome === 'error' && keyFailures.has(expected.code)
  return ['none', 'backend', ...(perKey ? (['key'] as const) : [])]
}
