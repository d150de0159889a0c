import type { Headers } from '../body.ts'
import type { Framing } from '../call.ts'
import type { Clock } from '../clock.ts'
import type { RawAnswer } from '../dialect.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { AnswerFlow, FlowReceiver } from './answer-flow.ts'
import { Gate } from './gate.ts'

/** An answer whose head came, ready to flow. */
export interface OpenedAnswer<Item> {
  readonly flow: AnswerFlow<Item>
  readonly status: number
  /** The provider's headers, not yet filtered for the client. */
  readonly headers: Headers
  readonly framing: Framing
}

/** An attempt that failed before anything was committed. `raw`: the provider's answer, as it came. */
export interface AttemptFailure {
  readonly error: GatewayError
  readonly raw?: RawAnswer
}

/** Opens an answer. Rejections count as `internal`, or as the error that they are. */
export type Open<Item> = (
  signal: AbortSignal,
) => Promise<OpenedAnswer<Item> | { readonly failure: AttemptFailure }>

export interface AttemptOptions<Item> {
  readonly route: Route
  readonly open: Open<Item>
  readonly clock: Clock
  readonly maxHeldBytes: number
  /** Milliseconds until the first meaningful part; `0`: no limit. Also guards against a backend that never answers. */
  readonly firstPartMs: number
  readonly timeoutError: () => GatewayError
  /** Names of what the target dialect could not express; filled while the attempt opens. */
  readonly dropped: readonly string[]
  readonly onFirstPart: () => void
}

/**
 * One try to answer a call on one target, whichever way: forwarded, translated, relayed, virtual, raced or dispatched.
 * `ready` resolves at the first meaningful part or at the failure before it; then `deliver` lets the answer flow;
 * `abort` ends it in every phase; `outcome` says, exactly once, what became of it.
 */
export class Attempt<Item> {
  readonly #options: AttemptOptions<Item>
  readonly #abort = new AbortController()
  readonly #started: number
  readonly #outcome = Promise.withResolvers<Outcome>()
  #gate: Gate<Item> | undefined
  #opened: OpenedAnswer<Item> | undefined
  #ttftMs: number | undefined
  #cancelled: GatewayError | undefined
  #settled = false

  /** Resolves to the failure before the first meaningful part, or to `undefined`. Never rejects. */
  readonly ready: Promise<AttemptFailure | undefined>
  readonly outcome: Promise<Outcome> = this.#outcome.promise

  constructor(options: AttemptOptions<Item>) {
    this.#options = options
    this.#started = options.clock.monotonic()
    this.ready = this.#run()
  }

  get route(): Route {
    return this.#options.route
  }

  /** The answer's head; known once `ready` resolved well. */
  get answer(): OpenedAnswer<Item> {
    if (this.#opened === undefined) throw new TypeError('the attempt has no answer yet')
    return this.#opened
  }

  /** What the target dialect could not express. */
  get dropped(): readonly string[] {
    return this.#options.dropped
  }

  /** Lets the answer flow. Call once, after `ready` resolved well. */
  deliver(receiver: FlowReceiver<Item>): void {
    let paused = false
    this.#control = {
      pause: () => {
        paused = true
        this.answer.flow.pause()
      },
      resume: () => {
        paused = false
        this.answer.flow.resume()
      },
    }
    this.#gate?.deliver({
      item: (item) => receiver.item(item),
      end: () => {
        this.#conclude('done')
        receiver.end()
      },
      fail: (error, told) => {
        const seen = told ? error : interrupted(error)
        this.#conclude('failed', seen)
        receiver.fail(seen, told)
      },
    })
    if (!paused && !this.#settled) this.answer.flow.resume()
  }

  #control: { readonly pause: () => void; readonly resume: () => void } | undefined

  /** Stops the flow of a delivered answer until `resume`. */
  pause(): void {
    this.#control?.pause()
  }

  resume(): void {
    if (!this.#settled) this.#control?.resume()
  }

  /** Ends the attempt at the provider at once. Idempotent. */
  abort(reason: GatewayError): void {
    if (this.#settled) return
    this.#cancelled = reason
    this.#abort.abort(reason)
    if (this.#gate === undefined) this.#wake(reason)
    else this.#gate.abandon(reason)
    this.#conclude('cancelled', reason)
  }

  #wake: (reason: GatewayError) => void = () => {}

  async #run(): Promise<AttemptFailure | undefined> {
    const timer = this.#startTimer()
    const failure = await this.#open().catch(
      (error: unknown): AttemptFailure => ({ error: toGatewayError(error) }),
    )
    timer?.cancel()
    if (failure !== undefined) {
      this.#conclude(
        this.#cancelled === undefined ? 'failed' : 'cancelled',
        failure.error,
        failure.raw?.status,
      )
      return failure
    }
    this.#ttftMs = this.#elapsed()
    this.#options.onFirstPart()
    return undefined
  }

  async #open(): Promise<AttemptFailure | undefined> {
    const aborted = new Promise<{ readonly failure: AttemptFailure }>((resolve) => {
      this.#wake = (error) => resolve({ failure: { error } })
    })
    const opening = this.#options.open(this.#abort.signal)
    const opened = await Promise.race([opening, aborted])
    if ('failure' in opened) {
      this.#dropLate(opening, opened.failure.error)
      return opened.failure
    }
    this.#opened = opened
    const error = await this.#hold(opened).ready
    return error === undefined ? undefined : { error }
  }

  #hold({ flow }: OpenedAnswer<Item>): Gate<Item> {
    try {
      this.#gate = new Gate(flow, this.#options.maxHeldBytes)
      return this.#gate
    } catch (error) {
      flow.cancel(toGatewayError(error))
      throw error
    }
  }

  /** A backend that answers after the attempt is over must not keep its connection. */
  #dropLate(opening: ReturnType<Open<Item>>, reason: GatewayError): void {
    opening.then(
      (late) => {
        if ('flow' in late) late.flow.cancel(reason)
      },
      () => {},
    )
  }

  #startTimer(): { cancel(): void } | undefined {
    const { clock, firstPartMs, timeoutError } = this.#options
    if (firstPartMs === 0) return undefined
    return clock.after(firstPartMs, () => {
      const error = timeoutError()
      this.#abort.abort(error)
      if (this.#gate === undefined) this.#wake(error)
      else this.#gate.abandon(error)
    })
  }

  #elapsed(): number {
    return this.#options.clock.monotonic() - this.#started
  }

  #conclude(result: Outcome['result'], error?: GatewayError, status?: number): void {
    if (this.#settled) return
    this.#settled = true
    const report = this.#opened?.flow.report()
    const seen = status ?? this.#opened?.status
    this.#outcome.resolve({
      route: this.#options.route,
      result,
      meaningful: this.#opened?.flow.meaningful ?? false,
      usage: report?.usage ?? { source: 'unknown' },
      durationMs: this.#elapsed(),
      dropped: this.#options.dropped,
      ...(report?.finish === undefined ? {} : { finish: report.finish }),
      ...(report?.responseId === undefined ? {} : { responseId: report.responseId }),
      ...(error === undefined ? {} : { error }),
      ...(seen === undefined ? {} : { status: seen }),
      ...(this.#ttftMs === undefined ? {} : { ttftMs: this.#ttftMs }),
    })
  }
}

/** The error of an answer that broke after its first meaningful part. */
function interrupted(error: GatewayError): GatewayError {
  if (error.code === 'stream_interrupted' || error.code === 'client_closed_request') return error
  return new GatewayError('stream_interrupted', `The answer broke off: ${error.message}`, {
    cause: error,
    ...(error.upstream === undefined ? {} : { upstream: error.upstream }),
  })
}
