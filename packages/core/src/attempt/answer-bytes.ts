import { tooLarge } from './invalid-answer.ts'

/** Collects the bytes of one answer, up to a limit. */
export class AnswerBytes {
  readonly #maxBytes: number
  readonly #chunks: Uint8Array[] = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Throws when the answer becomes too large. */
  add(chunk: Uint8Array): void {
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) throw tooLarge(this.#maxBytes)
    this.#chunks.push(chunk)
  }

  /** Everything so far; not copied where it came in one piece. */
  whole(): Uint8Array {
    const [only, second] = this.#chunks
    if (only !== undefined && second === undefined) return only
    return Buffer.concat(this.#chunks, this.#size)
  }
}
