import type { BodyReceiver, BodySource } from '../body.ts'
import type { Tap, TapEnding, TapReport } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'
import { asInvalidAnswer, overdue, truncated } from './invalid-answer.ts'
import { describeTap } from './tap-report.ts'

/** A stream whose bytes go to the client as they come, watched by a tap. */
export class ForwardFlow implements AnswerFlow<Uint8Array>, BodyReceiver {
  readonly #body: BodySource
  readonly #tap: Tap
  #receiver: FlowReceiver<Uint8Array> | undefined
  #paused = false
  #ended = false
  /** The answer is over and the rest of the body is awaited, so that its connection can serve others. */
  #draining = false

  constructor(body: BodySource, tap: Tap) {
    this.#body = body
    this.#tap = tap
  }

  get meaningful(): boolean {
    return this.#tap.meaningful
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#receiver = receiver
    this.#body.start(this)
  }

  pause(): void {
    if (this.#ended || this.#paused) return
    this.#paused = true
    this.#body.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#body.resume()
  }

  cancel(reason: GatewayError): void {
    this.#ended = true
    this.#body.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (this.#draining) this.#refuseMore()
    if (this.#ended) return
    let bytes: Uint8Array
    try {
      bytes = this.#tap.push(chunk)
      const early = this.#tap.meaningful ? undefined : this.#tap.report().error
      if (early !== undefined) throw early
    } catch (error) {
      this.#break(asInvalidAnswer(error), false)
      return
    }
    if (bytes.length > 0) this.#receiver?.item(bytes)
    const { ending } = this.#tap
    if (ending !== undefined && !this.#ended) this.#endAs(ending)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    let bytes: Uint8Array
    let report: TapReport
    try {
      bytes = this.#tap.end()
      report = this.#tap.report()
    } catch (error) {
      this.#receiver?.fail(asInvalidAnswer(error), false)
      return
    }
    this.#conclude(bytes, report)
  }

  fail(error: GatewayError): void {
    if (this.#ended) return
    // Some providers close the connection hard after the last event: the answer is whole all the same.
    if (this.#isComplete()) {
      this.end()
      return
    }
    this.#ended = true
    this.#receiver?.fail(error, false)
  }

  interruption(error: GatewayError): Uint8Array | undefined {
    const bytes = this.#tap.interrupt(error)
    return bytes.length > 0 ? bytes : undefined
  }

  report(): FlowReport {
    return describeTap(this.#tap.report())
  }

  #conclude(bytes: Uint8Array, report: TapReport): void {
    if (report.error !== undefined && !this.#tap.meaningful) {
      this.#receiver?.fail(report.error, false)
      return
    }
    if (bytes.length > 0) this.#receiver?.item(bytes)
    if (report.error !== undefined) this.#receiver?.fail(report.error, true)
    else if (report.complete) this.#receiver?.end()
    else this.#receiver?.fail(truncated(), false)
  }

  #endAs(ending: TapEnding): void {
    if (ending !== 'end') {
      this.#break(ending.error, ending.told)
      return
    }
    this.#ended = true
    this.#draining = true
    this.#receiver?.end()
    this.resume()
  }

  #break(error: GatewayError, told: boolean): void {
    this.cancel(error)
    this.#receiver?.fail(error, told)
  }

  /** Bytes behind an answer: whoever sends them may send on for ever. */
  #refuseMore(): void {
    this.#draining = false
    this.#body.cancel(overdue())
  }

  #isComplete(): boolean {
    try {
      return this.#tap.report().complete
    } catch {
      return false
    }
  }
}
