import { errorPolicies } from '../../src/errors/codes.ts'
import { longest, longestWithoutHint } from './longest.ts'
import type { Client, Event, Record, Seen } from './record.ts'

/** Targets that one call may take out, besides those whose credential is bad. */
const maxCooled = 2

/** What is left out, by whom, for how long, and that it is left alone then. */
export function checkExclusions(record: Record): readonly string[] {
  return [
    ...checkCooled(record.events),
    ...checkPeriods(record),
    ...record.seen.flatMap((one) => disobeyed(one, record)),
  ]
}

/** A target changes its state just before the attempt ends that is to blame. */
function checkCooled(events: readonly Event[]): readonly string[] {
  const cooled = new Map<string, Set<string>>()
  const problems: string[] = []
  let since: string[] = []
  for (const event of events) {
    if ('target' in event) {
      const { state, backend, target } = event.target
      if (state === 'cooling') since.push(`${backend}.${target}`)
      continue
    }
    const { callId, outcome } = event.attempt
    if (since.length > 0 && outcome.result !== 'failed') {
      problems.push(`${since} cooled by an attempt that was ${outcome.result}`)
    }
    const all = cooled.get(callId) ?? new Set()
    for (const place of since) all.add(place)
    cooled.set(callId, all)
    since = []
  }
  const greedy = [...cooled].filter(([, places]) => places.size > maxCooled)
  return [...problems, ...greedy.map(([, places]) => `one call cooled ${[...places]}`)]
}

function checkPeriods({ events, seen }: Record): readonly string[] {
  return events.flatMap((event) => {
    if (!('target' in event)) return []
    const { reason, forMs = 0, backend, target } = event.target
    const hints = seen
      .filter((one) => one.backend === backend && one.target === target && one.code === reason)
      .flatMap(({ told }) =>
        told?.hintMs === undefined || told.at > event.at ? [] : [told.hintMs],
      )
    const most = Math.max(longestWithoutHint(reason), Math.min(Math.max(0, ...hints), longest.hint))
    return forMs <= most + 1 ? [] : [`${backend}.${target} is out for ${forMs} ms by ${reason}`]
  })
}

/** Hints in force for a place when something happened there. */
export function hintsFor(
  { backend, target, model }: Pick<Seen, 'backend' | 'target' | 'model'>,
  record: Record,
  { at, order }: { readonly at: number; readonly order: number },
): readonly Seen[] {
  return record.seen.filter(({ told, code, ...one }) => {
    if (told?.hintMs === undefined || code === undefined || told.order > order) return false
    if (one.backend !== backend || one.target !== target) return false
    const isForModel = errorPolicies[code].cools.startsWith('target-model')
    if (isForModel && one.model !== model) return false
    return at < told.at + Math.min(told.hintMs, longest.hint)
  })
}

/** A place is left alone for as long as its provider said, unless the call that was told so may take no more places out. */
function disobeyed(one: Seen, record: Record): readonly string[] {
  return hintsFor(one, record, one)
    .filter((told) => isHeard(told, record))
    .map(({ told, backend, target }) => {
      const left = (told?.at ?? 0) + (told?.hintMs ?? 0) - one.at
      return `${one.call}: ${backend}.${target} is asked ${left} ms before its hint is over`
    })
}

function isHeard({ call, told, backend, target }: Seen, { clients, seen }: Record): boolean {
  const client = clients.find((other) => other.call.name === call)
  if (client === undefined || told === undefined || isGone(client, told.at)) return false
  const earlier = seen.filter(
    (other) =>
      other.call === call &&
      other.kind !== 'good' &&
      other.order < told.order &&
      (other.backend !== backend || other.target !== target),
  )
  return new Set(earlier.map((other) => `${other.backend}.${other.target}`)).size < maxCooled
}

/** Whether nobody listened any more: the client had left, or another leg of the race had won. */
function isGone({ leftAt, firstText, endedAt }: Client, at: number): boolean {
  return [leftAt, firstText?.at, endedAt].some((time) => time !== undefined && time <= at)
}
