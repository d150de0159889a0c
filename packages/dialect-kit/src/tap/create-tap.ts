import type { Framing, Tap, TapOptions } from '@jackfield/core'
import { ArrayTap } from './array-tap.ts'
import { BodyTap } from './body-tap.ts'
import { EventTap } from './event-tap.ts'
import { OpaqueTap } from './opaque-tap.ts'
import type { TapRules } from './tap-rules.ts'

/** A tap for one answer, made of a protocol's rules. */
export function createTap(framing: Framing, rules: TapRules, options: TapOptions = {}): Tap {
  switch (framing) {
    case 'sse':
      return new EventTap(rules, options)
    case 'json':
      return new BodyTap(rules, options)
    case 'json-array':
      return new ArrayTap(rules, options)
    case 'opaque':
      return new OpaqueTap()
    default:
      return framing satisfies never
  }
}
