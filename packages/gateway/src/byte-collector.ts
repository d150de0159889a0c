const trustedBytes = 1024 * 1024
const releasedBytes = 16 * 1024

/**
 * Joins the chunks of a body, which it owns from then on. A body that came in one chunk is not copied, and many small
 * chunks need no more memory than few large ones.
 */
export class ByteCollector {
  readonly #expected: number
  #bytes: Uint8Array = new Uint8Array(0)
  #size = 0

  /** `expected`: the announced length, where there is one. Beyond 1 MB memory is taken only as bytes come in. */
  constructor(expected = 0) {
    this.#expected = expected
  }

  push(chunk: Uint8Array): void {
    const size = this.#size + chunk.length
    if (this.#size === 0) {
      this.#bytes = chunk
    } else {
      if (size > this.#bytes.length) this.#grow(size)
      this.#bytes.set(chunk, this.#size)
      release(chunk)
    }
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  /** All bytes. The collector must not be used afterwards. */
  take(): Uint8Array {
    return this.#bytes.length === this.#size ? this.#bytes : this.#bytes.subarray(0, this.#size)
  }

  #grow(size: number): void {
    const trusted = Math.min(this.#expected, Math.max(trustedBytes, 2 * size))
    const capacity = Math.max(trusted, this.#expected === 0 ? 2 * size : size)
    const grown = Buffer.allocUnsafeSlow(capacity)
    grown.set(this.#bytes.subarray(0, this.#size))
    release(this.#bytes)
    this.#bytes = grown
  }
}

/**
 * Gives the memory of a copied chunk back at once. Node reads 64 KB at a time; left to the garbage collector, the chunks of
 * large bodies make it run half again as often, which was a quarter of the CPU of a request of 400 KB.
 */
function release({ buffer, length }: Uint8Array): void {
  const isWhole = length === buffer.byteLength
  if (isWhole && length >= releasedBytes && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
