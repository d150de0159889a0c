import { appliesTo, type FaultCase, faultCase } from '@jackfield/testkit'
import { type DialectName, dialects } from '../../compatibility/client.ts'

/** How a provider fails before it has said anything. */
export const earlyFaults: readonly FaultCase[] = [
  'bad-request',
  'context-length-exceeded',
  'key-rejected',
  'quota-exhausted',
  'quota-exhausted/payment-required',
  'forbidden',
  'forbidden/model',
  'model-not-found',
  'rate-limited',
  'rate-limited/http-date',
  'rate-limited/no-hint',
  'transient-error',
  'overloaded',
  'overloaded/retry-after',
  'overloaded/529',
  'timeout-status',
  'timeout-status/request-timeout',
  'hang-before-headers',
  'error-before-first-part',
  'error-before-first-part/after-prelude',
  'cut-before-first-part',
].map(faultCase)

/** How a stream breaks in the middle of a sentence. */
export const lateFaults: readonly FaultCase[] = [
  'cut-mid-stream',
  'cut-mid-stream/reset',
  'stall-mid-stream',
  'error-mid-stream',
  'broken-event-mid-stream',
  'missing-finish-and-terminator',
].map(faultCase)

/** One call that fails. */
export interface Cell {
  readonly client: DialectName
  readonly provider: DialectName
  readonly fault: FaultCase
  readonly stream: boolean
}

export const cells: readonly Cell[] = dialects.flatMap((client) =>
  dialects.flatMap((provider) =>
    [...earlyFaults, ...lateFaults].flatMap((fault) =>
      [false, true]
        .filter((stream) => appliesTo(fault, { dialect: provider, stream }))
        .map((stream) => ({ client, provider, fault, stream })),
    ),
  ),
)

/** What a call is known by in names of backends and in paths. */
export function keyOf({ client, provider, fault, stream }: Cell): string {
  const place = `${dialects.indexOf(client)}${dialects.indexOf(provider)}`
  return `${fault.id.replace('/', '-')}-${place}${stream ? 's' : 'u'}`
}
