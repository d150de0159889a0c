import { type Attribution, attributed } from '../attribution.ts'
import type { Headers } from '../body.ts'
import type { Framing } from '../call.ts'
import type { Clock, Timer } from '../clock.ts'
import type { RawAnswer } from '../dialect.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'
import { Gate } from './gate.ts'
import { type FirstTokenLimit, lateFirstToken, noAnswer } from './guard.ts'

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

/** An opened answer, or why there is none. */
export type Opened<Item> = OpenedAnswer<Item> | { readonly failure: AttemptFailure }

export interface AttemptOptions<Item> {
  readonly route: Route
  /** Whose code runs in this attempt. */
  readonly attribution: Attribution
  /** Opens the answer. Rejections count as the error that they are, or as `internal`. */
  readonly open: (signal: AbortSignal) => Promise<Opened<Item>>
  readonly clock: Clock
  readonly maxHeldBytes: number
  /** Milliseconds until the first meaningful part, as a guard against a backend that never answers; `0`: no limit. */
  readonly guardMs: number
  /** The same as somebody wants it for streams. */
  readonly firstToken?: FirstTokenLimit | undefined
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
  readonly #ready = Promise.withResolvers<AttemptFailure | undefined>()
  readonly #outcome = Promise.withResolvers<Outcome>()
  readonly #guard: Timer | undefined
  /** Monotonic time of its start. */
  readonly startedAt: number
  #gate: Gate<Item> | undefined
  #opened: OpenedAnswer<Item> | undefined
  #ttftMs: number | undefined
  #flowing = false
  #paused = false
  #settled = false

  /** Resolves to the failure before the first meaningful part, or to `undefined`. Never rejects. */
  readonly ready: Promise<AttemptFailure | undefined> = this.#ready.promise
  readonly outcome: Promise<Outcome> = this.#outcome.promise

  constructor(options: AttemptOptions<Item>) {
    const { clock, guardMs, firstToken, attribution, open } = options
    this.#options = options
    this.startedAt = clock.monotonic()
    const isGuarded = guardMs > 0 && guardMs < (firstToken?.ms ?? Number.POSITIVE_INFINITY)
    const limit = isGuarded ? undefined : firstToken
    const ms = limit?.ms ?? guardMs
    if (ms > 0) this.#guard = clock.after(ms, () => this.#expire(limit))
    // What follows from the answer too: a backend that makes it bit by bit runs as the bits are asked for.
    attributed(attribution, () => {
      open(this.#abort.signal).then(
        (opened) => this.#open(opened),
        (error: unknown) => this.#stop('failed', toGatewayError(error)),
      )
    })
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

  /** Id that the answer has told so far. */
  get responseId(): string | undefined {
    return this.#report().responseId
  }

  /** Lets the answer flow. Call once, after `ready` resolved well; does nothing for an attempt that was aborted since. */
  deliver(receiver: FlowReceiver<Item>): void {
    if (this.#settled) return
    this.#gate?.deliver({
      item: (item) => receiver.item(item),
      end: () => {
        this.#conclude('done')
        receiver.end()
      },
      fail: (error, told) => {
        const seen = told ? error : interrupted(error)
        this.#conclude('failed', { error: seen })
        receiver.fail(seen, told)
      },
    })
    this.#flowing = true
    if (!this.#paused && !this.#settled) this.answer.flow.resume()
  }

  /** Stops the flow of a delivered answer until `resume`. */
  pause(): void {
    if (this.#paused) return
    this.#paused = true
    if (this.#flowing && !this.#settled) this.answer.flow.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#flowing && !this.#settled) this.answer.flow.resume()
  }

  /** Ends the attempt at the provider at once. Idempotent. */
  abort(reason: GatewayError): void {
    this.#stop('cancelled', reason)
  }

  #expire(limit: FirstTokenLimit | undefined): void {
    const { route } = this.#options
    this.#stop('failed', limit === undefined ? noAnswer(route) : lateFirstToken(limit, route))
  }

  #open(opened: Opened<Item>): void {
    try {
      this.#begin(opened)
    } catch (error) {
      this.#stop('failed', toGatewayError(error))
    }
  }

  #begin(opened: Opened<Item>): void {
    if ('failure' in opened) {
      this.#fail(opened.failure)
      return
    }
    if (this.#settled) {
      // A backend that answers after the attempt is over must not keep its connection.
      opened.flow.cancel(this.#abort.signal.reason ?? late())
      return
    }
    this.#opened = opened
    this.#gate = new Gate(opened.flow, {
      maxHeld: this.#options.maxHeldBytes,
      onReady: (error) => {
        if (error === undefined) this.#commit()
        else this.#fail({ error })
      },
    })
    this.#gate.start()
  }

  /** The first meaningful part came. */
  #commit(): void {
    this.#guard?.cancel()
    this.#ttftMs = this.#elapsed()
    this.#options.onFirstPart()
    this.#ready.resolve(undefined)
  }

  #fail(failure: AttemptFailure): void {
    this.#conclude('failed', failure)
    this.#ready.resolve(failure)
  }

  /** Ends what runs, whatever it is; nothing that comes of it later is heard. */
  #stop(result: 'failed' | 'cancelled', error: GatewayError): void {
    if (this.#settled) return
    this.#conclude(result, { error })
    attributed(this.#options.attribution, () => {
      this.#gate?.abandon(error)
      this.#abort.abort(error)
    })
    this.#ready.resolve({ error })
  }

  #elapsed(): number {
    return this.#options.clock.monotonic() - this.startedAt
  }

  #conclude(ending: Outcome['result'], { error, raw }: Partial<AttemptFailure> = {}): void {
    if (this.#settled) return
    this.#settled = true
    this.#guard?.cancel()
    const { usage, finish, responseId, complete } = this.#report()
    const status = raw?.status ?? this.#opened?.status
    // Many clients hang up as soon as they have read the last event: they have got their answer.
    const result = ending === 'cancelled' && complete && this.#flowing ? 'done' : ending
    this.#outcome.resolve({
      route: this.#options.route,
      result,
      meaningful: this.#opened?.flow.meaningful ?? false,
      usage,
      durationMs: this.#elapsed(),
      dropped: this.#options.dropped,
      ...(finish === undefined ? {} : { finish }),
      ...(responseId === undefined ? {} : { responseId }),
      ...(error === undefined || result === 'done' ? {} : { error }),
      ...(status === undefined ? {} : { status }),
      ...(this.#ttftMs === undefined ? {} : { ttftMs: this.#ttftMs }),
    })
  }

  #report(): FlowReport {
    try {
      return this.#opened?.flow.report() ?? nothingKnown
    } catch {
      // What watched the answer is broken itself; the attempt has to end all the same.
      return nothingKnown
    }
  }
}

const nothingKnown: FlowReport = { complete: false, usage: { source: 'unknown' } }

/** The error of an answer that broke after its first meaningful part. What the caller is blamed for stays what it is: no target failed. */
function interrupted(error: GatewayError): GatewayError {
  const { code, policy } = error
  if (code === 'stream_interrupted' || code === 'client_closed_request') return error
  if (policy.callerFault) return error
  return new GatewayError('stream_interrupted', `The answer broke off: ${error.message}`, {
    cause: error,
    ...(error.upstream === undefined ? {} : { upstream: error.upstream }),
  })
}

function late(): GatewayError {
  return new GatewayError('client_closed_request', 'The answer came after the attempt was over.')
}
