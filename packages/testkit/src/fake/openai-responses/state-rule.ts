import type { JsonObject } from '../strict/rule.ts'
import type { Problem } from '../strict/shape.ts'
import type { Memory } from './memory.ts'

/** What is wrong with a request in view of what the provider remembers. */
export interface StateProblem extends Problem {
  /** Default: none. */
  readonly code?: string
}

/** One thing that a provider refuses a request for because of what it remembers, or does not. */
export interface StateRule {
  readonly cites: string
  check(body: JsonObject, memory: Memory): StateProblem | undefined
}
