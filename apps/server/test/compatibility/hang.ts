import type { RecordedRequest, ScriptStep, Steps } from '@jackfield/testkit'
import type { HangingRequest } from './provider.ts'

/** Lets a fake provider hang in mid-answer when a test wants it to. */
export class Hanging {
  #next: ((request: HangingRequest) => void) | undefined

  /** The next answer stops after its first words. Resolves when it does. */
  hang(): Promise<HangingRequest> {
    return new Promise((resolve) => {
      this.#next = resolve
    })
  }

  /** What a fake plays instead of a good answer. */
  readonly play = (steps: readonly ScriptStep[], _request: RecordedRequest): Steps => {
    const resolve = this.#next
    if (resolve === undefined) return steps
    this.#next = undefined
    return stalled(steps, resolve)
  }
}

/** A stream says its first words; a whole answer says nothing. */
async function* stalled(
  steps: readonly ScriptStep[],
  onHang: (request: HangingRequest) => void,
): AsyncGenerator<ScriptStep> {
  const aborted = Promise.withResolvers<void>()
  const writes = steps.filter((step) => step.do === 'write')
  try {
    if (writes.length > 1) yield* steps.slice(0, steps.length - 3)
    onHang({ aborted: aborted.promise })
    yield { do: 'hang' }
  } finally {
    aborted.resolve()
  }
}
