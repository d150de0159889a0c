import type { Tap, TapReport } from '@jackfield/core'

const nothing = new Uint8Array(0)

/** Lets everything by and knows only whether it came to its end. */
export class OpaqueTap implements Tap {
  #ended = false
  meaningful = false

  push(chunk: Uint8Array): Uint8Array {
    this.meaningful ||= chunk.length > 0
    return chunk
  }

  end(): Uint8Array {
    this.#ended = true
    this.meaningful = true
    return nothing
  }

  interrupt(): Uint8Array {
    return nothing
  }

  report(): TapReport {
    return { complete: this.#ended }
  }
}
