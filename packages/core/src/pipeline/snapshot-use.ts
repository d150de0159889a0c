import type { BackendInstance } from '../registry/backend-instance.ts'

/**
 * Keeps the backends of a snapshot alive while calls use it: one count for all of them, so that the number of backends costs a call
 * nothing.
 */
export class SnapshotUse {
  readonly #instances: readonly BackendInstance[]
  #calls = 0
  #retired = false

  constructor(instances: Iterable<BackendInstance>) {
    this.#instances = [...instances]
    for (const instance of this.#instances) instance.lease()
  }

  /** A call begins. One `release` ends it. */
  take(): void {
    this.#calls += 1
  }

  release(): void {
    this.#calls -= 1
    if (this.#retired && this.#calls === 0) this.#end()
  }

  /** No further call begins. Once. */
  retire(): void {
    this.#retired = true
    if (this.#calls === 0) this.#end()
  }

  #end(): void {
    for (const instance of this.#instances) instance.release()
  }
}
