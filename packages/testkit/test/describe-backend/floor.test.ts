import { describe, expect, it } from 'vitest'
import type { BackendCapabilities } from '../../src/contract/capabilities.ts'
import { floorOf } from '../../src/contract/floor.ts'
import { subjectOf } from '../../src/contract/options.ts'
import { planOf } from '../../src/contract/plan.ts'
import tinyVirtual from './tiny/virtual.ts'

const nothingElse: BackendCapabilities = {
  tools: false,
  reasoning: false,
  completions: false,
  embeddings: false,
  opaque: false,
  models: 'known',
  probe: false,
  keys: false,
  baseUrl: false,
}

const kinds = (['native', 'never', 'always'] as const).flatMap((streaming) => [
  { ...nothingElse, streaming, forwards: true },
  { ...nothingElse, streaming, forwards: false },
])

describe('the smallest number of checks', () => {
  it.each<BackendCapabilities>([...kinds, { streaming: 'virtual', completions: false }])(
    'is just below what a backend runs that can do little: %o',
    (capabilities) => {
      const subject = subjectOf(tinyVirtual, { options: {}, capabilities })

      const floor = floorOf(subject.capabilities)

      const { length } = planOf(subject)
      expect(floor).toBeLessThanOrEqual(length)
      expect(floor).toBeGreaterThan(0.95 * length)
    },
  )
})
