import { BenchFailure } from '../failure.ts'

/** Compares a body with what it must be while it arrives, wherever it is cut. */
export class ExpectedBytes {
  readonly #expected: Buffer
  #received = 0

  constructor(expected: Buffer) {
    this.#expected = expected
  }

  get received(): number {
    return this.#received
  }

  /** Throws `BenchFailure` at the first byte that differs or is too many. */
  accept(bytes: Buffer): void {
    const end = this.#received + bytes.length
    if (end > this.#expected.length || bytes.compare(this.#expected, this.#received, end) !== 0) {
      throw new BenchFailure(this.#describe(bytes))
    }
    this.#received = end
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
