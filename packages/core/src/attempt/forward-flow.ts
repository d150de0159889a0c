import type { BodySource } from '../body.ts'
import type { AttributedUsage } from '../chat/usage.ts'
import type { Tap, TapEnding, TapReport } from '../dialect.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'

/** A stream whose bytes go to the client as they come, watched by a tap. */
export class ForwardFlow implements AnswerFlow<Uint8Array> {
  readonly #body: BodySource
  readonly #tap: Tap
  #receiver: FlowReceiver<Uint8Array> | undefined
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
    if (!this.#draining) this.#body.pause()
  }

  resume(): void {
    this.#body.resume()
  }

  cancel(reason: GatewayError): void {
    this.#ended = true
    this.#body.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (this.#draining) this.#refuseMore()
    if (this.#ended) return
    try {
      const bytes = this.#tap.push(chunk)
      const early = this.#tap.meaningful ? undefined : this.#tap.report().error
      if (early !== undefined) this.#break(early)
      else this.#pass(bytes)
    } catch (error) {
      this.#break(asInvalidAnswer(error))
    }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    try {
      const bytes = this.#tap.end()
      const report = this.#tap.report()
      if (report.error !== undefined && !this.#tap.meaningful) {
        this.#receiver?.fail(report.error, false)
        return
      }
      if (bytes.length > 0) this.#receiver?.item(bytes)
      this.#conclude(report)
    } catch (error) {
      this.#receiver?.fail(asInvalidAnswer(error), false)
    }
  }

  fail(error: GatewayError): void {
    if (this.#ended) return
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

  #pass(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#receiver?.item(bytes)
    const { ending } = this.#tap
    if (ending !== undefined && !this.#ended) this.#endAs(ending)
  }

  #endAs(ending: TapEnding): void {
    if (ending !== 'end') {
      this.#break(ending.error, ending.told)
      return
    }
    this.#ended = true
    this.#draining = true
    this.#receiver?.end()
    this.#body.resume()
  }

  /** Bytes behind an answer: whoever sends them may send on for ever. */
  #refuseMore(): void {
    this.#draining = false
    this.#body.cancel(overdue())
  }

  #conclude(report: TapReport): void {
    if (report.error !== undefined) this.#receiver?.fail(report.error, true)
    else if (report.complete) this.#receiver?.end()
    else this.#receiver?.fail(truncated(), false)
  }

  #break(error: GatewayError, told = false): void {
    this.cancel(error)
    this.#receiver?.fail(error, told)
  }
}

/** What a tap saw, as accounting wants it. */
export function describeTap(report: TapReport): FlowReport {
  return {
    usage: attributed(report),
    ...(report.finish === undefined ? {} : { finish: report.finish }),
    ...(report.responseId === undefined ? {} : { responseId: report.responseId }),
  }
}

function attributed(report: TapReport): AttributedUsage {
  if (report.usage !== undefined) return { source: 'provider', usage: report.usage }
  if (report.estimate !== undefined) return { source: 'estimated', usage: report.estimate }
  return { source: 'unknown' }
}

function overdue(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The provider went on after the end of its answer.',
  )
}

/** The upstream closed the answer without its legal end. */
export function truncated(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer ended before it was complete.',
  )
}

/** An error that a decoder threw; anything unexpected counts as an answer that cannot be understood. */
export function asInvalidAnswer(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer cannot be understood.',
    { cause: error },
  )
}
