import type { BodyReceiver, BodySource } from '../../src/body.ts'
import type { GatewayError } from '../../src/errors/gateway-error.ts'

/** How a body ends: regularly, with an error, or not at all. */
export type BodyEnd = 'end' | 'open' | GatewayError

/**
 * A body with its chunks in memory. `pump` gives one chunk, where the receiver lets it; `pushed`, `started` and
 * `cancelled` tell what the receiver did.
 */
export class ScriptedBody implements BodySource {
  cancelled: GatewayError | undefined
  paused = false
  started = false
  /** Chunks that were handed over. */
  pushed = 0
  #receiver: BodyReceiver | undefined
  readonly #chunks: readonly (string | Uint8Array)[]
  readonly #ending: BodyEnd
  #over = false

  constructor(chunks: readonly (string | Uint8Array)[] = [], ending: BodyEnd = 'end') {
    this.#chunks = chunks
    this.#ending = ending
  }

  start(receiver: BodyReceiver): void {
    if (this.started) throw new Error('started twice')
    this.started = true
    this.#receiver = receiver
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  cancel(reason: GatewayError): void {
    this.cancelled ??= reason
  }

  /** Hands over the next chunk, or the end. Returns whether anything happened. */
  pump(): boolean {
    if (this.#receiver === undefined || this.paused || this.#over) return false
    if (this.cancelled !== undefined) return false
    const chunk = this.#chunks[this.pushed]
    if (chunk !== undefined) {
      this.pushed += 1
      this.#receiver.data(Buffer.from(chunk))
      return true
    }
    if (this.#ending === 'open') return false
    this.#over = true
    if (this.#ending === 'end') this.#receiver.end()
    else this.#receiver.fail(this.#ending)
    return true
  }

  /** Hands over all that the receiver takes. */
  flow(): void {
    while (this.pump());
  }
}
