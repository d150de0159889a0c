import type { ToolNames } from '@jackfield/dialect-kit'
import type { ModelFacts } from '../model-facts.ts'
import type { Variant } from '../options.ts'

/** What the encoders of one request share. */
export interface EncodeState {
  readonly variant: Variant
  readonly facts: ModelFacts
  readonly names: ToolNames
  /** Names of what had to be left out. */
  readonly dropped: Set<string>
}
