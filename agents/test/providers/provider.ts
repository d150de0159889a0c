import type { JsonObject, RecordedRequest } from '@jackfield/testkit'
import type { Call } from './script.ts'

/** A strict fake provider of one protocol whose model keeps to a script. */
export interface Provider extends AsyncDisposable {
  /** Members of its backend in the configuration of the gateway. */
  readonly backend: Readonly<Record<string, unknown>>
  /** Everything that it was sent. */
  readonly requests: readonly RecordedRequest[]
  /** The bodies of those requests that no rule of its protocol was against. */
  readonly accepted: readonly JsonObject[]
  /** What it was told, in its own protocol, that a call came to; `index` counts the calls of the task. */
  resultOf(call: Call, index: number): string | undefined
}

/** The last request of the task itself: agents ask other things beside it, without tools. */
export function lastOfTask(
  accepted: readonly JsonObject[],
  belongs: (request: JsonObject) => boolean,
): JsonObject {
  return accepted.findLast(belongs) ?? {}
}
