import { WaitList } from './wait-list.ts'

/** A point in a script where it waits for the test. Everything before it has been handed to the kernel when {@link arrived} resolves. */
export interface Gate {
  /** How many scripts wait here now. */
  readonly waiting: number
  /** Lets through who waits and who comes later. */
  open(): void
  /** Stops who comes from now on. Gates start closed. */
  close(): void
  /** Lets `count` (1) scripts through in the order of arrival, now or when they come, and stays closed. */
  pass(count?: number): void
  /** Resolves when at least `count` (1) scripts wait here. Rejects when the server closes first. */
  arrived(count?: number): Promise<void>
}

/** A gate with the side that scripts see. */
export class ScriptGate implements Gate {
  readonly #queue: (() => void)[] = []
  readonly #arrivals = new WaitList()
  #open = false
  #passes = 0

  get waiting(): number {
    return this.#queue.length
  }

  open(): void {
    this.#open = true
    for (const release of this.#queue.splice(0)) release()
  }

  close(): void {
    this.#open = false
    this.#passes = 0
  }

  pass(count = 1): void {
    const released = this.#queue.splice(0, count)
    this.#passes += count - released.length
    for (const release of released) release()
  }

  arrived(count = 1): Promise<void> {
    return this.#arrivals.wait(() =>
      this.#queue.length >= count ? { value: undefined } : undefined,
    )
  }

  /** Ends all waiting for arrivals with `reason`; scripts end by themselves when their connection does. */
  abandon(reason: Error): void {
    this.#arrivals.abandon(reason)
  }

  /** Calls `release` when the gate lets this visitor through; the returned function takes the visitor out of the queue. */
  enter(release: () => void): () => void {
    if (this.#open || this.#passes > 0) {
      if (!this.#open) this.#passes -= 1
      release()
      return () => {}
    }
    this.#queue.push(release)
    this.#arrivals.check()
    return () => {
      const position = this.#queue.indexOf(release)
      if (position >= 0) this.#queue.splice(position, 1)
    }
  }
}
