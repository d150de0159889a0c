import type { BodySource } from '../body.ts'
import type { TapReport } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'
import { describeTap } from './forward-flow.ts'

/** A whole answer that has been read and checked already. */
export class WholeFlow implements AnswerFlow<Uint8Array> {
  readonly #body: Uint8Array
  readonly #report: TapReport
  readonly meaningful = true

  constructor(body: Uint8Array, report: TapReport) {
    this.#body = body
    this.#report = report
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    receiver.item(this.#body)
    receiver.end()
  }

  pause(): void {}
  resume(): void {}
  cancel(): void {}

  interruption(): undefined {
    return undefined
  }

  report(): FlowReport {
    return describeTap(this.#report)
  }
}

/** Bytes that nobody looks into: the answer's head is all that can be judged before they flow. */
export class RelayFlow implements AnswerFlow<Uint8Array> {
  readonly #body: BodySource
  meaningful = false

  constructor(body: BodySource) {
    this.#body = body
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#body.start({
      data: (chunk) => {
        this.meaningful = true
        receiver.item(chunk)
      },
      end: () => {
        this.meaningful = true
        receiver.end()
      },
      fail: (error) => receiver.fail(error, false),
    })
  }

  pause(): void {
    this.#body.pause()
  }

  resume(): void {
    this.#body.resume()
  }

  cancel(reason: GatewayError): void {
    this.#body.cancel(reason)
  }

  interruption(): undefined {
    return undefined
  }

  report(): FlowReport {
    return { usage: { source: 'unknown' } }
  }
}
