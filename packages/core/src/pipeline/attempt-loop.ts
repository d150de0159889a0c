import type { Attempt, AttemptFailure } from '../attempt/attempt.ts'
import type { CallView } from '../call.ts'
import type { Clock } from '../clock.ts'
import { type GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { AttemptEnd } from '../events.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { TargetLease, Unavailable } from '../pool/pool.ts'
import type { Target } from '../pool/target.ts'
import type { Budget } from './budget.ts'
import { allRejected, nothingLeft, withRetryAfter } from './loop-errors.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'

/** Milliseconds of our own back-off before the same target is used again, without a hint. */
const backOff = { once: 100, delay: 500 } as const

/** Longest wait for the renewal of a credential, in milliseconds. */
const refreshMs = 30_000

/** Waits in a row after which other calls had taken the place again. */
const maxIdleWaits = 3

/** Repetitions on one target, by what the error table allows. */
const maxRepeats = { no: 0, refresh: 0, once: 1, delay: 2 } as const

export interface AttemptLoopOptions<Item> {
  readonly call: CallView
  readonly leaves: readonly PreparedLeaf[]
  readonly budget: Budget
  readonly clock: Clock
  readonly random: () => number
  readonly start: (leaf: PreparedLeaf, lease: TargetLease) => Attempt<Item>
  /** Renews a target's credential, one renewal at a time for all calls. */
  readonly refresh: (target: Target) => Promise<void>
  readonly onAttemptEnd: (end: AttemptEnd) => void
}

/** The answer to deliver, or why there is none. `route`: where the decisive failure happened. */
export type LoopResult<Item> =
  | { readonly attempt: Attempt<Item> }
  | { readonly failure: AttemptFailure; readonly route?: Route }

interface Choice {
  readonly leaf: PreparedLeaf
  readonly lease: TargetLease
}

/** An attempt and its number in the call. */
interface Running<Item> {
  readonly attempt: Attempt<Item>
  readonly number: number
}

interface Repeat {
  readonly leaf: PreparedLeaf
  readonly id: string
  /** Monotonic time from which the target may be used again. */
  readonly at: number
}

/**
 * Tries the places of a plan until one gives a meaningful part: other targets and leaves first, softly excluded ones
 * next, then the same again after a wait. Returns the first good attempt, or the failure that the client should see.
 */
export class AttemptLoop<Item> {
  readonly #options: AttemptLoopOptions<Item>
  readonly #refreshed = new Set<string>()
  /** Targets whose credential was rejected, as `backend.name`. */
  readonly #rejected = new Set<string>()
  readonly #again: Repeat[] = []
  /** Monotonic times at which what providers told us is over, by target id. */
  readonly #hints = new Map<string, number>()
  readonly decision: string[] = []
  readonly #abortion = Promise.withResolvers<false>()
  #current: Attempt<Item> | undefined
  #aborted: GatewayError | undefined
  #idleWaits = 0
  #last: { readonly failure: AttemptFailure; readonly route: Route } | undefined

  constructor(options: AttemptLoopOptions<Item>) {
    this.#options = options
  }

  async run(): Promise<LoopResult<Item>> {
    for (;;) {
      if (this.#aborted !== undefined) return { failure: { error: this.#aborted } }
      if (this.#options.budget.spent) return this.#giveUp([])
      const choice = this.#choose()
      if (!('lease' in choice)) {
        const waited = await this.#waitForReturn(choice)
        if (!waited) return this.#giveUp(choice)
        continue
      }
      const won = await this.#try(choice)
      if (won !== undefined) return { attempt: won }
      if (this.#last !== undefined && isFinal(this.#last.failure.error)) return this.#last
    }
  }

  /** Ends the loop and the attempt in flight, in every phase. */
  abort(reason: GatewayError): void {
    this.#aborted = reason
    this.#current?.abort(reason)
    this.#abortion.resolve(false)
  }

  #choose(): Choice | Unavailable[] {
    const reasons: Unavailable[] = []
    for (const allowSoft of [false, true]) {
      reasons.length = 0
      for (const leaf of this.#options.leaves) {
        if (leaf.exhausted) continue
        const selection = leaf.instance.pool.select({
          model: leaf.leaf.model,
          call: this.#options.call,
          tried: leaf.used,
          allowSoft,
          ...(leaf.leaf.target === undefined ? {} : { targetName: leaf.leaf.target }),
        })
        if ('lease' in selection) return { leaf, lease: selection.lease }
        reasons.push(named(leaf.instance.name, selection.unavailable))
      }
    }
    return reasons
  }

  /** Waits until a target comes back, if that is soon enough. Returns whether it is worth another round. */
  async #waitForReturn(reasons: readonly Unavailable[]): Promise<boolean> {
    const { clock, budget } = this.#options
    const next = this.#again
      .filter(({ leaf }) => !leaf.exhausted)
      .toSorted((one, other) => one.at - other.at)[0]
    const repeat =
      next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next.at - clock.monotonic())
    const hint = shortestHint(reasons)
    const wait = Math.min(repeat, hint)
    if (!Number.isFinite(wait) || !budget.allowsWait(wait)) return false
    if (this.#idleWaits >= maxIdleWaits) return false
    this.#idleWaits += 1
    this.decision.push(`waits ${Math.ceil(wait)} ms`)
    await this.#within(wait, this.#abortion.promise)
    if (next !== undefined && repeat <= hint) {
      this.#again.splice(this.#again.indexOf(next), 1)
      next.leaf.used.delete(next.id)
    }
    return true
  }

  async #try(choice: Choice): Promise<Attempt<Item> | undefined> {
    const { leaf, lease } = choice
    this.#idleWaits = 0
    leaf.used.add(lease.target.id)
    let running = this.#start(leaf, lease)
    let failure = await running.attempt.ready
    if (failure !== undefined && (await this.#renewed(failure.error, lease.target))) {
      await this.#report(running, 'retry')
      running = this.#start(leaf, lease)
      failure = await running.attempt.ready
    }
    if (failure === undefined) {
      this.#follow(running, lease)
      return running.attempt
    }
    await this.#failed(choice, running, failure)
    return undefined
  }

  #start(leaf: PreparedLeaf, lease: TargetLease): Running<Item> {
    const attempt = this.#create(leaf, lease)
    const number = this.#options.budget.take()
    this.#current = attempt
    this.decision.push(`attempt ${number}: ${attempt.route.backend}.${attempt.route.target}`)
    if (this.#aborted !== undefined) attempt.abort(this.#aborted)
    return { attempt, number }
  }

  #create(leaf: PreparedLeaf, lease: TargetLease): Attempt<Item> {
    try {
      return this.#options.start(leaf, lease)
    } catch (error) {
      lease.release('cancelled')
      throw error
    }
  }

  /** Renews a rejected credential, once per target and call. Returns whether a repetition makes sense. */
  async #renewed(error: GatewayError, target: Target): Promise<boolean> {
    if (error.recover !== 'refresh' || target.refresh === undefined) return false
    if (this.#refreshed.has(target.id) || this.#options.budget.spent) return false
    this.#refreshed.add(target.id)
    const renewal = this.#refresh(target)
    const patience = Math.min(refreshMs, this.#options.budget.remainingMs)
    const renewed = await this.#within(patience, Promise.race([renewal, this.#abortion.promise]))
    return renewed && this.#aborted === undefined && !this.#options.budget.spent
  }

  async #refresh(target: Target): Promise<boolean> {
    try {
      await this.#options.refresh(target)
      return true
    } catch {
      // Whatever kept the renewal: the provider's rejection is the failure to report.
      return false
    }
  }

  /** Keeps the target leased until the answer that goes to the client has ended. */
  #follow(running: Running<Item>, lease: TargetLease): void {
    void running.attempt.outcome.then((outcome) => {
      const result = releaseOf(outcome)
      lease.release(result, {
        blame: typeof result !== 'string' && this.#mayBlame(result, lease.target),
      })
      this.#emit(running, outcome, 'delivered')
    })
  }

  async #failed(
    { leaf, lease }: Choice,
    running: Running<Item>,
    failure: AttemptFailure,
  ): Promise<void> {
    const { error } = failure
    const { route } = running.attempt
    const { target } = lease
    if (this.#aborted !== undefined) {
      lease.release('cancelled')
      await this.#report(running, 'give-up')
      return
    }
    lease.release(error, { blame: this.#mayBlame(error, target) })
    this.#last = { failure, route }
    const place = `${route.backend}.${route.target}`
    this.decision.push(`${place}: ${error.code}`)
    if (error.code === 'upstream_credentials_rejected') this.#rejected.add(place)
    if (error.retryAfterMs !== undefined) {
      this.#hints.set(target.id, this.#options.clock.monotonic() + error.retryAfterMs)
    }
    if (error.policy.fallback === 'leaf') leaf.exhausted = true
    else this.#allowRepeat(leaf, target.id, error)
    await this.#report(running, this.#nextAfter(error))
  }

  #mayBlame(error: GatewayError, target: Target): boolean {
    return this.#options.budget.mayBlame(error, target.id)
  }

  #allowRepeat(leaf: PreparedLeaf, id: string, error: GatewayError): void {
    const { clock, random } = this.#options
    const { retry } = error.policy
    const repeats = leaf.repeats.get(id) ?? 0
    if (error.final === true || repeats >= maxRepeats[retry]) return
    leaf.repeats.set(id, repeats + 1)
    const own =
      (retry === 'once' ? backOff.once : backOff.delay) * 2 ** repeats * (0.8 + 0.4 * random())
    this.#again.push({ leaf, id, at: clock.monotonic() + (error.retryAfterMs ?? own) })
  }

  #nextAfter(error: GatewayError): AttemptEnd['next'] {
    if (isFinal(error) || this.#options.budget.spent) return 'give-up'
    return error.policy.fallback === 'leaf' ? 'next-leaf' : 'next-target'
  }

  async #report(running: Running<Item>, next: AttemptEnd['next']): Promise<void> {
    this.#emit(running, await running.attempt.outcome, next)
  }

  #emit({ number }: Running<Item>, outcome: Outcome, next: AttemptEnd['next']): void {
    const { call, onAttemptEnd } = this.#options
    onAttemptEnd({ callId: call.id, attempt: number, outcome, next })
  }

  /** What a promise resolves to, or `false` when that takes too long. */
  async #within(ms: number, promise: Promise<boolean>): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<false>()
    const timer = this.#options.clock.after(ms, () => resolve(false))
    const result = await Promise.race([promise, late])
    timer.cancel()
    return result
  }

  #giveUp(reasons: readonly Unavailable[]): LoopResult<Item> {
    const rejected = [
      ...new Set([...this.#rejected, ...reasons.flatMap((reason) => reason.rejected)]),
    ]
    const hint = shortestHint(reasons)
    if (this.#last === undefined) {
      return { failure: { error: nothingLeft(reasons, { rejected, hint }) } }
    }
    const { failure, route } = this.#last
    if (failure.error.code === 'upstream_credentials_rejected') {
      return { failure: { error: allRejected(route.backend, rejected, failure.error) }, route }
    }
    return { failure: this.#withShortestHint(failure, hint), route }
  }

  /** Tells the client when the first place may be free again, wherever that is. */
  #withShortestHint(failure: AttemptFailure, hint: number): AttemptFailure {
    const { error } = failure
    if (error.status !== 429 && error.status !== 503) return failure
    const now = this.#options.clock.monotonic()
    const own = [...this.#hints.values()].map((at) => at - now).filter((left) => left > 0)
    const shortest = Math.min(hint, ...own)
    if (!Number.isFinite(shortest) || error.retryAfterMs === shortest) return failure
    return { ...failure, error: withRetryAfter(error, shortest) }
  }
}

/** Whether nobody else could do better: the caller's own fault, or the caller is gone. */
function isFinal(error: GatewayError): boolean {
  return error.policy.fallback === 'no'
}

function releaseOf(outcome: Outcome): 'done' | 'cancelled' | GatewayError {
  if (outcome.result !== 'failed') return outcome.result
  return isGatewayError(outcome.error) ? outcome.error : 'cancelled'
}

/** Why a backend is left out, with its name: several leaves may have targets of the same name. */
function named(backend: string, { reasons, rejected, ...rest }: Unavailable): Unavailable {
  return {
    ...rest,
    reasons: reasons.map((reason) => `${backend}: ${reason}`),
    rejected: rejected.map((target) => `${backend}.${target}`),
  }
}

/** Milliseconds until the first hint is over; infinite without one. */
function shortestHint(reasons: readonly Unavailable[]): number {
  return Math.min(...reasons.map(({ retryAfterMs }) => retryAfterMs ?? Number.POSITIVE_INFINITY))
}
