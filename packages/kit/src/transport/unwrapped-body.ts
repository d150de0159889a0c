import type { BodyReceiver, BodySource, GatewayError } from '@jackfield/core'

/** Takes the envelope off one answer, read by read. May throw a `GatewayError` of what is wrong with it. */
export interface Unwrapper {
  /** Bytes that this read completes; empty where there are none yet. */
  push(chunk: Uint8Array): Uint8Array
  /** Bytes that are still held when the answer has ended. */
  end(): Uint8Array
}

/** A body whose bytes pass through a synchronous conversion. */
export class UnwrappedBody implements BodySource, BodyReceiver {
  readonly #source: BodySource
  readonly #unwrapper: Unwrapper
  readonly #asError: (error: unknown) => GatewayError
  #receiver: BodyReceiver | undefined
  #over = false

  constructor(source: BodySource, unwrapper: Unwrapper, asError: (error: unknown) => GatewayError) {
    this.#source = source
    this.#unwrapper = unwrapper
    this.#asError = asError
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver
    this.#source.start(this)
  }

  pause(): void {
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }

  cancel(reason: GatewayError): void {
    this.#over = true
    this.#source.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (this.#over) return
    try {
      const bytes = this.#unwrapper.push(chunk)
      if (bytes.length > 0) this.#receiver?.data(bytes)
    } catch (error) {
      this.#break(error)
    }
  }

  end(): void {
    if (this.#over) return
    try {
      const bytes = this.#unwrapper.end()
      if (bytes.length > 0) this.#receiver?.data(bytes)
    } catch (error) {
      this.#break(error)
      return
    }
    this.#over = true
    this.#receiver?.end()
  }

  fail(error: GatewayError): void {
    if (this.#over) return
    this.#over = true
    this.#receiver?.fail(error)
  }

  #break(error: unknown): void {
    const failure = this.#asError(error)
    this.cancel(failure)
    this.#receiver?.fail(failure)
  }
}

const nothing = new Uint8Array(0)

/** An unwrapper for an answer in one piece: nothing comes out before all of it is there. */
export function unwrapWhole(unwrap: (body: Uint8Array) => Uint8Array): Unwrapper {
  const chunks: Uint8Array[] = []
  return {
    push(chunk) {
      chunks.push(chunk)
      return nothing
    },
    end: () => unwrap(Buffer.concat(chunks)),
  }
}
