import type { ErrorCode } from '../../src/errors/codes.ts'
import type { Dice } from './dice.ts'

/**
 * What a target does while it is not well. `fails`: an error before any answer; `hangs`: the backend gives up after a time; `deaf`: it
 * does not even that; `mute`: an answer that begins and shows nothing; `cut`, `garbage`, `tells`: an answer that breaks before
 * it shows anything; `breaks`, `stalls`: one that breaks after that; `empty`: one with nothing in it; `expired`: a credential that
 * must be renewed.
 */
export type Fault =
  | {
      readonly kind: 'fails'
      readonly code: ErrorCode
      readonly hintMs?: number
      readonly final: boolean
      /** Only for this model. */
      readonly model?: string
    }
  | { readonly kind: 'tells'; readonly code: ErrorCode }
  | { readonly kind: 'slow' | 'hangs' | 'stalls'; readonly ms: number }
  | { readonly kind: 'deaf' | 'mute' | 'cut' | 'garbage' | 'breaks' | 'empty' | 'expired' }

const codes: readonly ErrorCode[] = [
  'upstream_overloaded',
  'upstream_overloaded',
  'upstream_rate_limited',
  'upstream_rate_limited',
  'upstream_timeout',
  'upstream_unreachable',
  'upstream_error',
  'upstream_error',
  'upstream_quota_exhausted',
  'upstream_model_unavailable',
  'upstream_credentials_rejected',
  'upstream_credentials_rejected',
]

/** Codes that come with the time at which it may be better. */
const hinted: ReadonlySet<ErrorCode> = new Set([
  'upstream_overloaded',
  'upstream_rate_limited',
  'upstream_quota_exhausted',
])

/** Some are longer than any that is believed. */
const hints = [0, 500, 3_000, 8_000, 30_000, 300_000, 3_600_000, 40 * 3_600_000]

const kinds = [
  'tells',
  'slow',
  'hangs',
  'stalls',
  'deaf',
  'mute',
  'cut',
  'garbage',
  'breaks',
  'breaks',
  'empty',
  'expired',
] as const

export function drawFault(dice: Dice): Fault {
  if (dice.chance(0.6)) return drawFailure(dice)
  const kind = dice.pick(kinds)
  switch (kind) {
    case 'tells':
      return { kind, code: dice.pick(['upstream_overloaded', 'upstream_error']) }
    case 'slow':
    case 'hangs':
    case 'stalls':
      return { kind, ms: dice.int(500, 12_000) }
    default:
      return { kind }
  }
}

function drawFailure(dice: Dice): Fault {
  const code = dice.pick(codes)
  return {
    kind: 'fails',
    code,
    final: dice.chance(0.2),
    ...(hinted.has(code) && dice.chance(0.7) ? { hintMs: dice.pick(hints) } : {}),
    ...(code === 'upstream_model_unavailable' ? { model: dice.pick(['m', 'n']) } : {}),
  }
}
