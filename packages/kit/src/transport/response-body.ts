import type { BodyReceiver, BodySource, GatewayError } from '@jackfield/core'

/** The connection that a body comes from. All members may be called at any time, also when it has ended. */
export interface Flow {
  hold(): void
  release(): void
  stop(): void
}

/** Bytes that are kept for a receiver that has not started or has paused, before the connection is held too. */
const maxHeld = 64 * 1024

/**
 * The body of an answer between the connection, which pushes, and its receiver. A receiver that starts late loses
 * nothing, and one that has paused gets nothing before it resumes.
 */
export class ResponseBody implements BodySource {
  readonly #flow: Flow
  #receiver: BodyReceiver | undefined
  #held: Uint8Array[] = []
  #heldBytes = 0
  #ending: GatewayError | 'end' | undefined
  #paused = false
  #flushing = false
  #over = false

  constructor(flow: Flow) {
    this.#flow = flow
  }

  get paused(): boolean {
    return this.#paused
  }

  start(receiver: BodyReceiver): void {
    if (this.#receiver !== undefined)
      throw new Error('The body of an answer can be started only once')
    this.#receiver = receiver
    this.#flush()
  }

  pause(): void {
    this.#paused = true
    this.#flow.hold()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#flush()
  }

  cancel(): void {
    this.#over = true
    this.#held = []
    this.#flow.stop()
  }

  push(chunk: Uint8Array): void {
    if (this.#over) return
    if (this.#receiver !== undefined && !this.#paused && this.#held.length === 0) {
      this.#receiver.data(chunk)
      return
    }
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= maxHeld) this.#flow.hold()
  }

  end(): void {
    this.#finish('end')
  }

  /** The body broke; what came before is still delivered. */
  fail(error: GatewayError): void {
    this.#finish(error)
  }

  /** Nobody wants the rest: bytes that are still held are dropped. */
  abort(reason: GatewayError): void {
    this.#held = []
    this.#finish(reason)
  }

  #finish(ending: GatewayError | 'end'): void {
    if (this.#over) return
    this.#ending = ending
    if (this.#held.length === 0) this.#conclude()
  }

  #conclude(): void {
    if (this.#receiver === undefined || this.#ending === undefined) return
    this.#over = true
    if (this.#ending === 'end') this.#receiver.end()
    else this.#receiver.fail(this.#ending)
  }

  #flush(): void {
    if (this.#flushing || this.#over) return
    this.#flushing = true
    try {
      this.#deliverHeld()
    } finally {
      this.#flushing = false
    }
    if (this.#over || this.#held.length > 0) return
    if (this.#ending !== undefined) this.#conclude()
    else if (!this.#paused) this.#flow.release()
  }

  #deliverHeld(): void {
    while (!this.#paused && !this.#over) {
      const chunk = this.#held.shift()
      if (chunk === undefined) return
      this.#heldBytes -= chunk.length
      this.#receiver?.data(chunk)
    }
  }
}
