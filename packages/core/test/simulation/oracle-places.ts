import { errorPolicies } from '../../src/errors/codes.ts'
import { hintsFor } from './oracle-exclusions.ts'
import { isAt, isDenied, isSpent, type Place, placesOf } from './places.ts'
import type { Client, Record, Seen } from './record.ts'

/** Calls do not fail while there is a place left that may be asked. */
export function checkPlaces(record: Record): readonly string[] {
  return record.clients.flatMap((client) => {
    const problem = gaveUpTooEarly(client, record) ?? servedTooLate(client, record)
    return problem === undefined ? [] : [`${client.call.name}: ${problem}`]
  })
}

/** A call that failed, with tries and time left, has asked every place that did not have to be left alone. */
function gaveUpTooEarly(client: Client, record: Record): string | undefined {
  const { call, endedAt, sink, leftAt, startedAt } = client
  const { maxTries, maxAttemptsMs } = record.schedule.limits
  const own = record.seen.filter((one) => one.call === call.name)
  if (leftAt !== undefined || endedAt === undefined || isAnswered(client)) return undefined
  if (own.length >= maxTries || isFinal(own) || call.joiner === '!') return undefined
  if (maxAttemptsMs > 0 && endedAt - startedAt >= maxAttemptsMs) return undefined
  const patience = patienceOf(client, record)
  const missed = placesOf(call, record.schedule).find(
    (place) =>
      !own.some((one) => isAt(one, place)) &&
      !isSpent(place, own) &&
      !isHard(place, record, { at: endedAt, patience }) &&
      !isDenied(client, place, record),
  )
  if (missed === undefined) return undefined
  return `fails with ${sink.status}, although ${missed.backend}.${missed.target}:${missed.model} was not asked`
}

/** What begins when every provider is well again is served by the first place that may be asked. */
function servedTooLate(client: Client, record: Record): string | undefined {
  const { call, startedAt, sink, leftAt } = client
  const { schedule, seen } = record
  if (startedAt < schedule.calmAt || leftAt !== undefined || call.poison !== undefined)
    return undefined
  const places = placesOf(call, schedule)
  if (places.every((place) => isHard(place, record, { at: startedAt, patience: 0 })))
    return undefined
  const own = seen.filter((one) => one.call === call.name)
  if (sink.status !== 200) return `fails with ${sink.status}, although everybody is well`
  return own.length > call.leaves.length
    ? `${own.length} tries, although everybody is well`
    : undefined
}

function isAnswered({ sink, firstText }: Client): boolean {
  return firstText !== undefined || (sink.status === 200 && sink.text.includes('"done"'))
}

/** Whether nobody could have done better. */
function isFinal(own: readonly Seen[]): boolean {
  return own.some(({ code }) => code !== undefined && errorPolicies[code].fallback === 'no')
}

/** Whether a place must be left alone: its provider said for how long, or rejected its credential. */
function isHard(
  place: Place,
  record: Record,
  { at, patience }: { readonly at: number; readonly patience: number },
): boolean {
  const late = { at: at + patience, order: Number.POSITIVE_INFINITY }
  if (hintsFor(place, record, late).some(({ told }) => (told?.at ?? 0) <= at)) return true
  return isRejected(place, record, at)
}

/** Waits in a row after which others had taken the place again: the gateway does not wait for ever. */
const maxWaits = 3

/** How long a call that failed could still have waited for a place. */
function patienceOf({ id, startedAt, endedAt = 0 }: Client, { schedule, ends }: Record): number {
  const { maxWaitMs, maxAttemptsMs } = schedule.limits
  const end = ends.find(({ callId }) => callId === id)
  const waits = end?.decision.filter((text) => text.startsWith('waits ')).length ?? 0
  if (waits >= maxWaits) return 0
  if (maxAttemptsMs === 0) return maxWaitMs
  return Math.max(0, Math.min(maxWaitMs, maxAttemptsMs - (endedAt - startedAt) - 1))
}

function isRejected({ backend, target }: Place, { seen }: Record, at: number): boolean {
  const rejections = seen.filter(
    (one) =>
      one.backend === backend &&
      one.target === target &&
      one.code === 'upstream_credentials_rejected' &&
      (one.told?.at ?? Number.POSITIVE_INFINITY) <= at,
  )
  const last = rejections.at(-1)
  if (last === undefined) return false
  return !seen.some(
    (one) =>
      one.backend === backend &&
      one.target === target &&
      one.order > last.order &&
      (one.goodAt ?? Number.POSITIVE_INFINITY) <= at,
  )
}
