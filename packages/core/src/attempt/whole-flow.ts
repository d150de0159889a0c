import type { BodyReceiver, BodySource } from '../body.ts'
import type { Tap } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { AnswerBytes } from './answer-bytes.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'
import { asInvalidAnswer, truncated } from './invalid-answer.ts'
import { describeTap } from './tap-report.ts'

/**
 * An answer in one piece whose bytes go to the client once all are there: a cut in the middle, or an error in its words,
 * can still be served by another target.
 */
export class WholeFlow implements AnswerFlow<Uint8Array>, BodyReceiver {
  readonly #body: BodySource
  readonly #tap: Tap
  readonly #convert: ((body: Uint8Array) => Uint8Array) | undefined
  readonly #bytes: AnswerBytes
  #receiver: FlowReceiver<Uint8Array> | undefined
  #ended = false
  #complete = false

  constructor(
    body: BodySource,
    options: {
      readonly tap: Tap
      readonly maxBytes: number
      /** The answer as the client gets it, where that is not the provider's bytes. */
      readonly convert?: (body: Uint8Array) => Uint8Array
    },
  ) {
    this.#body = body
    this.#tap = options.tap
    this.#convert = options.convert
    this.#bytes = new AnswerBytes(options.maxBytes)
  }

  get meaningful(): boolean {
    return this.#complete
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#receiver = receiver
    this.#body.start(this)
  }

  /** Nothing flows before the answer is whole, and then all of it is there. */
  pause(): void {}

  resume(): void {}

  cancel(reason: GatewayError): void {
    this.#ended = true
    this.#body.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (this.#ended) return
    try {
      this.#bytes.add(chunk)
    } catch (error) {
      this.cancel(asInvalidAnswer(error))
      this.#receiver?.fail(asInvalidAnswer(error), false)
    }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    const bytes = this.#bytes.whole()
    const problem = this.#check(bytes)
    if (problem !== undefined) {
      this.#receiver?.fail(problem, false)
      return
    }
    let answer: Uint8Array
    try {
      answer = this.#convert?.(bytes) ?? bytes
    } catch (error) {
      this.#receiver?.fail(asInvalidAnswer(error), false)
      return
    }
    this.#complete = true
    this.#receiver?.item(answer)
    this.#receiver?.end()
  }

  fail(error: GatewayError): void {
    if (this.#ended) return
    this.#ended = true
    this.#receiver?.fail(error, false)
  }

  interruption(): undefined {
    return undefined
  }

  report(): FlowReport {
    return describeTap(this.#tap.report())
  }

  #check(bytes: Uint8Array): GatewayError | undefined {
    try {
      this.#tap.push(bytes)
      this.#tap.end()
      const { error, complete } = this.#tap.report()
      return error ?? (complete ? undefined : truncated())
    } catch (error) {
      return asInvalidAnswer(error)
    }
  }
}
