import { createFrameLocator } from '@jackfield/core'

/** Bytes of an incomplete frame that are held back; a larger one passes in pieces. */
const maxHeld = 64 * 1024

const nothing = new Uint8Array(0)
const LF = 0x0a

/** Lets whole frames of an event stream pass, and holds back the start of one whose end has not come. */
export class FrameGate {
  readonly #locator = createFrameLocator()
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** A frame larger than what may be held is passing in pieces. */
  #passing = false

  /** Whether what has passed ends in the middle of a frame. */
  get midFrame(): boolean {
    return this.#passing
  }

  push(chunk: Uint8Array): Uint8Array {
    // By far the most chunks are one frame or several.
    if (this.#heldBytes === 0 && !this.#passing && endsFrame(chunk)) return chunk
    const end = this.#locator.push(chunk).at(-1)
    if (end === undefined) return this.#hold(chunk)
    const passed = this.#release(chunk.subarray(0, end))
    this.#passing = false
    if (end < chunk.length) this.#keep(chunk.subarray(end))
    return passed
  }

  /** What is held, when nothing more comes. */
  end(): Uint8Array {
    return this.#release(nothing)
  }

  #hold(chunk: Uint8Array): Uint8Array {
    if (this.#passing) return chunk
    this.#keep(chunk)
    if (this.#heldBytes <= maxHeld) return nothing
    this.#passing = true
    return this.#release(nothing)
  }

  #keep(chunk: Uint8Array): void {
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
  }

  #release(last: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return last
    const bytes = Buffer.concat([...this.#held, last])
    this.#held = []
    this.#heldBytes = 0
    return bytes
  }
}

/** Whether a chunk that began at a frame ends with one. The locator need not see it then: its state stays what it was. */
function endsFrame(chunk: Uint8Array): boolean {
  const { length } = chunk
  return length >= 2 && chunk[length - 1] === LF && chunk[length - 2] === LF
}
