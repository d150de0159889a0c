import type { AssistantPart, Extensions } from './content.ts'
import type { Finish } from './finish-reason.ts'
import type { Usage } from './usage.ts'

/** One complete answer, independent of any wire protocol. */
export interface ChatResponse {
  readonly id?: string
  readonly model?: string
  /** Unix seconds. */
  readonly created?: number
  readonly content: readonly AssistantPart[]
  readonly finish: Finish
  readonly usage?: Usage
  readonly extensions?: Extensions
}
