import { BenchFailure } from '../failure.ts'
import type { AnswerCheck } from './answer-check.ts'

/** Makes checks for a body that must arrive as these frames, byte for byte. */
export function expectBytes(frames: readonly Buffer[]): () => ExpectedBytes {
  const expected = Buffer.concat(frames)
  let end = 0
  const ends = frames.map(({ length }) => {
    end += length
    return end
  })
  return () => new ExpectedBytes(expected, ends)
}

/** Compares a body with what it must be while it arrives, wherever it is cut. */
export class ExpectedBytes implements AnswerCheck {
  readonly #expected: Buffer
  readonly #ends: readonly number[]
  #received = 0
  #frames = 0

  /** `ends`: offset behind each frame. */
  constructor(expected: Buffer, ends: readonly number[] = [expected.length]) {
    this.#expected = expected
    this.#ends = ends
  }

  get received(): number {
    return this.#received
  }

  get frames(): number {
    return this.#frames
  }

  /** Throws `BenchFailure` at the first byte that differs or is too many. */
  accept(bytes: Buffer): void {
    const end = this.#received + bytes.length
    if (end > this.#expected.length || bytes.compare(this.#expected, this.#received, end) !== 0) {
      throw new BenchFailure(this.#describe(bytes))
    }
    this.#received = end
    while ((this.#ends[this.#frames] ?? Number.POSITIVE_INFINITY) <= end) this.#frames += 1
  }

  /** Throws `BenchFailure` when the body ended too early. */
  finish(): void {
    if (this.#received === this.#expected.length) return
    throw new BenchFailure(
      `the answer ended after ${this.#received} of ${this.#expected.length} bytes: frames are lost`,
    )
  }

  #describe(bytes: Buffer): string {
    const wanted = this.#expected.subarray(this.#received, this.#received + 200).toString()
    return `the answer differs in the ${bytes.length} bytes after ${this.#received}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(bytes.subarray(0, 200).toString())}`
  }
}
