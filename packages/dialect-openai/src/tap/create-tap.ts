import type { Framing, Tap, TapOptions } from '@jackfield/core'
import { OpaqueTap } from '@jackfield/dialect-kit'
import type { Variant } from '../options.ts'
import { BodyTap } from './body-tap.ts'
import { StreamTap } from './stream-tap.ts'

export function createTap(framing: Framing, variant: Variant, options: TapOptions = {}): Tap {
  switch (framing) {
    case 'sse':
      return new StreamTap(variant, options)
    case 'json':
      return new BodyTap(variant)
    case 'json-array':
    case 'opaque':
      return new OpaqueTap()
    default:
      return framing satisfies never
  }
}
