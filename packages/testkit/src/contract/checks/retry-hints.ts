import assert from 'node:assert/strict'
import { type HeaderFields, reply } from '../../fake/script.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { providerLanes } from '../lanes.ts'

interface Hint {
  readonly id: string
  readonly title: string
  readonly headers: () => HeaderFields
  /** Milliseconds, within a second; `undefined`: there is no hint in it. */
  readonly means: number | undefined
}

const hints: readonly Hint[] = [
  {
    id: 'seconds',
    title: 'understands Retry-After in seconds',
    headers: () => ({ 'retry-after': '30' }),
    means: 30_000,
  },
  {
    id: 'date',
    title: 'understands Retry-After as a date',
    headers: () => ({ 'retry-after': new Date(Date.now() + 30_500).toUTCString() }),
    means: 30_000,
  },
  {
    id: 'past-date',
    title: 'takes a Retry-After in the past for now',
    headers: () => ({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }),
    means: 0,
  },
  {
    id: 'milliseconds',
    title: 'understands retry-after-ms, and prefers it',
    headers: () => ({ 'retry-after-ms': '2500', 'retry-after': '30' }),
    means: 2_500,
  },
  {
    id: 'zero',
    title: 'understands a Retry-After of nothing',
    headers: () => ({ 'retry-after': '0' }),
    means: 0,
  },
  {
    id: 'nonsense',
    title: 'makes no hint of a Retry-After that says nothing',
    headers: () => ({ 'retry-after': 'soon' }),
    means: undefined,
  },
  {
    id: 'negative',
    title: 'makes no hint of a negative Retry-After',
    headers: () => ({ 'retry-after': '-5' }),
    means: undefined,
  },
]

function reads({ id, title, headers, means }: Hint): LaneCheck {
  return {
    id: `retry-hints.${id}`,
    title,
    async run(hands, lane) {
      const rig = await hands.rig()
      const body = hands.subject.wire.errorBody('Too many requests.')
      const type = { 'content-type': 'application/json' }
      rig.server.respondWith(reply(429, body, { ...type, ...headers() }))

      await rig.ask(lane)

      const hint = rig.attempts[0]?.outcome.error?.retryAfterMs
      const isNear = means === undefined ? hint === undefined : isWithinSecond(hint, means)
      assert.ok(isNear, `the hint is ${hint}, and should be ${means}`)
    },
  }
}

/** When to come back is read from every spelling of it. */
export const retryHints: Theme = ({ lanes }) =>
  onLanes(
    providerLanes(lanes).filter(({ own }) => own),
    ...hints.map(reads),
  )

function isWithinSecond(hint: number | undefined, means: number): boolean {
  return hint !== undefined && Math.abs(hint - means) <= 1_000
}
