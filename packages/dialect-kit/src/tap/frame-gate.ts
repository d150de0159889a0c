import { createFrameLocator } from '@jackfield/core'

/** Bytes of an incomplete frame that are held back; a larger one passes in pieces. */
const maxHeld = 64 * 1024

/** The same in front of the first meaningful event: whoever waits for that holds as much, and must be shown it whole. */
const maxHeldBefore = 2 * 1024 * 1024

const nothing = new Uint8Array(0)
const noEnds: readonly number[] = []
const LF = 0x0a
const CR = 0x0d

/** Finds where the frames of a stream end, whatever a frame is. */
export interface Locator {
  push(chunk: Uint8Array): readonly number[]
}

/** Lets whole frames of a stream pass, and holds back the start of one whose end has not come. */
export class FrameGate {
  readonly #locator: Locator
  /** Whether the chunks of nearly every stream can be seen to be whole frames by their last bytes. */
  readonly #isEventStream: boolean
  #held: Uint8Array[] = []
  #heldBytes = 0
  #maxHeld = maxHeld
  /** A frame larger than what may be held is passing in pieces. */
  #passing = false
  /** Offsets, in what the last push returned, where frames end. Not told for event streams. */
  ends = noEnds

  /** `locator`: of a stream that is no event stream. */
  constructor(locator?: Locator) {
    this.#locator = locator ?? createFrameLocator()
    this.#isEventStream = locator === undefined
  }

  /** Whether what has passed ends in the middle of a frame. */
  get midFrame(): boolean {
    return this.#passing
  }

  /** `isRead`: whether every frame is read, so that a large one should pass whole. */
  push(chunk: Uint8Array, isRead = false): Uint8Array {
    this.#maxHeld = isRead ? maxHeldBefore : maxHeld
    // By far the most chunks are one frame or several.
    if (this.#heldBytes === 0 && !this.#passing && this.#isEventStream && endsFrame(chunk)) {
      return chunk
    }
    const ends = this.#locator.push(chunk)
    const end = ends.at(-1)
    if (!this.#isEventStream) this.#tellEnds(ends)
    if (end === undefined) return this.#hold(chunk)
    const passed = this.#release(chunk.subarray(0, end))
    this.#passing = false
    if (end < chunk.length) this.#keep(chunk.subarray(end))
    return passed
  }

  /** What is held, when nothing more comes. */
  end(): Uint8Array {
    this.ends = noEnds
    return this.#release(nothing)
  }

  #tellEnds(ends: readonly number[]): void {
    const before = this.#heldBytes
    this.ends = before === 0 ? ends : ends.map((at) => at + before)
  }

  #hold(chunk: Uint8Array): Uint8Array {
    if (this.#passing) return chunk
    this.#keep(chunk)
    if (this.#heldBytes <= this.#maxHeld) return nothing
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
  if (length < 4 || chunk[length - 1] !== LF) return false
  return chunk[length - 2] === LF || (chunk[length - 2] === CR && chunk[length - 3] === LF)
}
