import type { Clock, Timer } from '../clock.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AttemptLoop, LoopResult } from './attempt-loop.ts'
import type { RoutedFailure } from './last-failure.ts'

/** Tries to get an answer, in whatever way. */
export interface Contest<Item> {
  /** Once. Resolves to the answer to deliver, or to the failure that the client should see. */
  run(): Promise<LoopResult<Item>>
  /** Ends everything in flight, in every phase. Idempotent. */
  abort(reason: GatewayError): void
}

/** One competitor. */
export interface RaceLeg<Item> {
  readonly loop: AttemptLoop<Item>
  /** Milliseconds before it starts, unless one that has started fails earlier. */
  readonly delayMs: number
}

/**
 * Several attempt loops at the same time: the first with a meaningful part answers, and the others are cancelled at once. When a leg
 * fails, the next one that has not started does so without delay.
 */
export class Race<Item> implements Contest<Item> {
  /** Legs that have not started, the earliest first. */
  readonly #pending: RaceLeg<Item>[]
  readonly #started: AttemptLoop<Item>[] = []
  readonly #failures: RoutedFailure[] = []
  readonly #clock: Clock
  readonly #result = Promise.withResolvers<LoopResult<Item>>()
  #timer: Timer | undefined
  #startedAt = 0
  #aborted: GatewayError | undefined

  /** The loops share one `claim`, which is true once. */
  constructor(legs: readonly RaceLeg<Item>[], clock: Clock) {
    this.#pending = legs.toSorted((one, other) => one.delayMs - other.delayMs)
    this.#clock = clock
  }

  run(): Promise<LoopResult<Item>> {
    this.#startedAt = this.#clock.monotonic()
    this.#startDue()
    return this.#result.promise
  }

  abort(reason: GatewayError): void {
    this.#aborted ??= reason
    this.#timer?.cancel()
    this.#pending.length = 0
    for (const loop of this.#started) loop.abort(reason)
    if (this.#started.length === 0) this.#result.resolve({ failure: { error: reason } })
  }

  /** Starts every leg whose time has come, and sets the time for the next. */
  #startDue(): void {
    const elapsed = this.#clock.monotonic() - this.#startedAt
    while ((this.#pending[0]?.delayMs ?? Number.POSITIVE_INFINITY) <= elapsed) this.#startNext()
    const [next] = this.#pending
    if (next === undefined) return
    this.#timer = this.#clock.after(next.delayMs - elapsed, () => this.#startDue())
  }

  #startNext(): void {
    const leg = this.#pending.shift()
    if (leg === undefined) return
    this.#started.push(leg.loop)
    leg.loop.run().then(
      (result) => this.#ended(leg.loop, result),
      (error: unknown) => this.#broke(error),
    )
  }

  #ended(loop: AttemptLoop<Item>, result: LoopResult<Item>): void {
    if ('attempt' in result) this.#won(loop, result)
    else this.#failed(result)
  }

  #won(winner: AttemptLoop<Item>, result: LoopResult<Item>): void {
    this.#timer?.cancel()
    this.#pending.length = 0
    for (const loop of this.#started) if (loop !== winner) loop.lose()
    this.#result.resolve(result)
  }

  #failed(failure: RoutedFailure): void {
    this.#failures.push(failure)
    if (this.#pending.length > 0) {
      this.#timer?.cancel()
      this.#startNext()
      this.#startDue()
    } else if (this.#failures.length === this.#started.length) {
      this.#result.resolve(this.#aborted === undefined ? decisive(this.#failures) : failure)
    }
  }

  /** A loop threw: a defect, which ends the call. */
  #broke(error: unknown): void {
    this.#timer?.cancel()
    this.#pending.length = 0
    for (const loop of this.#started) loop.lose()
    this.#result.reject(error)
  }
}

/**
 * What the client sees of a race that nobody won: the last failure, but not that there was nothing to try or that a place cannot do
 * it, where another one could have.
 */
function decisive(failures: readonly RoutedFailure[]): RoutedFailure {
  const real = failures.filter(({ failure }) => failure.error.code !== 'no_available_target')
  const able = real.filter(({ failure }) => failure.error.policy.fallback !== 'leaf')
  const last = able.at(-1) ?? real.at(-1) ?? failures.at(-1)
  if (last === undefined) throw new TypeError('a race needs legs')
  return last
}
