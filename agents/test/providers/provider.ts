import type { JsonObject } from '@jackfield/testkit'
import type { Call } from './script.ts'

/** A strict fake provider of one protocol whose model keeps to a script. */
export interface Provider extends AsyncDisposable {
  /** Members of its backend in the configuration of the gateway. */
  readonly backend: Readonly<Record<string, unknown>>
  /** The requests of the task, all of them by the rules of its protocol. Agents ask other things beside it, without tools. */
  rounds(): readonly JsonObject[]
  /** What it was told, in its own protocol, that a call came to; `index` counts the calls of the task. */
  resultOf(call: Call, index: number): string | undefined
}
