import assert from 'node:assert'
import type { BodyReceiver, BodySource } from '../../src/body.ts'
import type { GatewayError } from '../../src/errors/gateway-error.ts'

/** A body that a test plays piece by piece. Holds its receiver to the contract. */
export class FakeBody implements BodySource {
  #receiver: BodyReceiver | undefined
  readonly #waiting: (() => void)[] = []
  #paused = false
  #over = false
  cancelled: GatewayError | undefined
  pauses = 0
  /** Most pieces that waited for a slow receiver. */
  mostWaiting = 0

  get started(): boolean {
    return this.#receiver !== undefined
  }

  get paused(): boolean {
    return this.#paused
  }

  get waiting(): number {
    return this.#waiting.length
  }

  start(receiver: BodyReceiver): void {
    assert.equal(this.#receiver, undefined, 'a body is started once')
    this.#receiver = receiver
    this.#flow()
  }

  pause(): void {
    assert.equal(this.#paused, false, 'a paused body is not paused again')
    this.#paused = true
    this.pauses += 1
  }

  resume(): void {
    assert.equal(this.#paused, true, 'only a paused body is resumed')
    this.#paused = false
    this.#flow()
  }

  cancel(reason: GatewayError): void {
    this.cancelled ??= reason
    this.#over = true
    this.#waiting.length = 0
  }

  write(...texts: readonly string[]): this {
    for (const text of texts) this.#put(() => this.#receiver?.data(Buffer.from(text)))
    return this
  }

  end(): this {
    return this.#put(() => {
      this.#over = true
      this.#receiver?.end()
    })
  }

  fail(error: GatewayError): this {
    return this.#put(() => {
      this.#over = true
      this.#receiver?.fail(error)
    })
  }

  #put(step: () => void): this {
    if (this.#over) return this
    this.#waiting.push(step)
    this.#flow()
    this.mostWaiting = Math.max(this.mostWaiting, this.#waiting.length)
    return this
  }

  #flow(): void {
    while (this.#receiver !== undefined && !this.#paused && !this.#over) {
      const step = this.#waiting.shift()
      if (step === undefined) return
      step()
    }
  }
}
