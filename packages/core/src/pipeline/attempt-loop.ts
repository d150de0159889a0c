import type { Attempt, AttemptFailure } from '../attempt/attempt.ts'
import type { CallView } from '../call.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { AttemptEnd } from '../events.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { TargetLease, Unavailable } from '../pool/pool.ts'
import type { Target } from '../pool/target.ts'
import type { Budget } from './budget.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'

/** Milliseconds of our own back-off before the same target is used again, without a hint. */
const backOff = { once: 100, delay: 500 } as const

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

/**
 * Tries the places of a plan until one gives a meaningful part: other targets and leaves first, softly excluded ones
 * next, then the same again after a wait. Returns the first good attempt, or the failure that the client should see.
 */
export class AttemptLoop<Item> {
  readonly #options: AttemptLoopOptions<Item>
  readonly #refreshed = new Set<string>()
  readonly #rejected = new Set<string>()
  /** Targets that may be used again, with the time after which. */
  readonly #again: { readonly leaf: PreparedLeaf; readonly id: string; readonly at: number }[] = []
  readonly decision: string[] = []
  #current: Attempt<Item> | undefined
  #aborted: GatewayError | undefined
  #wake: (() => void) | undefined
  #last: { readonly failure: AttemptFailure; readonly route: Route } | undefined
  #shortestHint = Number.POSITIVE_INFINITY

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
    this.#wake?.()
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
        reasons.push(selection.unavailable)
      }
    }
    return reasons
  }

  /** Waits until a target comes back, if that is soon enough. Returns whether it is worth another round. */
  async #waitForReturn(reasons: readonly Unavailable[]): Promise<boolean> {
    const { clock, budget } = this.#options
    const now = clock.monotonic()
    const next = this.#again.toSorted((one, other) => one.at - other.at)[0]
    const repeat = next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next.at - now)
    const hint = Math.min(
      ...reasons.map(({ retryAfterMs }) => retryAfterMs ?? Number.POSITIVE_INFINITY),
    )
    const wait = Math.min(repeat, hint)
    if (!Number.isFinite(wait) || !budget.allowsWait(wait)) return false
    this.decision.push(`waits ${Math.ceil(wait)} ms`)
    await this.#sleep(wait)
    if (next !== undefined && repeat <= hint) {
      this.#again.splice(this.#again.indexOf(next), 1)
      next.leaf.used.delete(next.id)
    }
    return true
  }

  async #try({ leaf, lease }: Choice): Promise<Attempt<Item> | undefined> {
    leaf.used.add(lease.target.id)
    let attempt = this.#start(leaf, lease)
    let failure = await attempt.ready
    if (failure !== undefined && (await this.#renewed(failure.error, lease.target))) {
      await this.#report(attempt, 'retry')
      attempt = this.#start(leaf, lease)
      failure = await attempt.ready
    }
    if (failure === undefined) {
      this.#follow(attempt, lease)
      return attempt
    }
    await this.#failed({ leaf, lease }, attempt, failure)
    return undefined
  }

  #start(leaf: PreparedLeaf, lease: TargetLease): Attempt<Item> {
    const attempt = this.#options.start(leaf, lease)
    const number = this.#options.budget.take()
    this.#current = attempt
    this.decision.push(`attempt ${number}: ${attempt.route.backend}.${attempt.route.target}`)
    if (this.#aborted !== undefined) attempt.abort(this.#aborted)
    return attempt
  }

  async #renewed(error: GatewayError, target: Target): Promise<boolean> {
    if (error.recover !== 'refresh' || target.refresh === undefined) return false
    if (this.#aborted !== undefined || this.#refreshed.has(target.id)) return false
    this.#refreshed.add(target.id)
    try {
      await this.#options.refresh(target)
      return this.#aborted === undefined
    } catch {
      return false
    }
  }

  /** Keeps the target leased until the answer that goes to the client has ended. */
  #follow(attempt: Attempt<Item>, lease: TargetLease): void {
    void attempt.outcome.then((outcome) => {
      lease.release(releaseOf(outcome))
      this.#emit(outcome, 'delivered')
    })
  }

  async #failed(
    { leaf, lease }: Choice,
    attempt: Attempt<Item>,
    failure: AttemptFailure,
  ): Promise<void> {
    const { error } = failure
    if (this.#aborted !== undefined) {
      lease.release('cancelled')
      await this.#report(attempt, 'give-up')
      return
    }
    lease.release(error, { blame: this.#options.budget.mayBlame(error) })
    this.#last = { failure, route: attempt.route }
    this.decision.push(`${attempt.route.backend}.${attempt.route.target}: ${error.code}`)
    if (error.code === 'upstream_credentials_rejected') this.#rejected.add(lease.target.name)
    if (error.retryAfterMs !== undefined) {
      this.#shortestHint = Math.min(this.#shortestHint, error.retryAfterMs)
    }
    if (error.policy.fallback === 'leaf') leaf.exhausted = true
    else this.#allowRepeat(leaf, lease.target.id, error)
    await this.#report(attempt, this.#nextAfter(error))
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

  async #report(attempt: Attempt<Item>, next: AttemptEnd['next']): Promise<void> {
    this.#emit(await attempt.outcome, next)
  }

  #emit(outcome: Outcome, next: AttemptEnd['next']): void {
    const { call, budget, onAttemptEnd } = this.#options
    onAttemptEnd({ callId: call.id, attempt: budget.tries, outcome, next })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  #giveUp(reasons: readonly Unavailable[]): LoopResult<Item> {
    const rejected = [...this.#rejected, ...reasons.flatMap((reason) => reason.rejected)]
    if (this.#last === undefined) return { failure: { error: nothingLeft(reasons, rejected) } }
    const { failure, route } = this.#last
    if (failure.error.code === 'upstream_credentials_rejected') {
      return { failure: { error: allRejected(route.backend, rejected, failure.error) }, route }
    }
    return { failure: this.#withShortestHint(failure), route }
  }

  #withShortestHint(failure: AttemptFailure): AttemptFailure {
    const { error } = failure
    if (!Number.isFinite(this.#shortestHint) || error.status !== 429) return failure
    if (error.retryAfterMs === this.#shortestHint) return failure
    const { upstream } = error
    return {
      error: new GatewayError(error.code, error.message, {
        retryAfterMs: this.#shortestHint,
        cause: error,
        ...(upstream === undefined ? {} : { upstream }),
      }),
    }
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

function nothingLeft(reasons: readonly Unavailable[], rejected: readonly string[]): GatewayError {
  const why = reasons.flatMap((reason) => reason.reasons).join('; ') || 'no backend can serve it'
  const hint = Math.min(
    ...reasons.map(({ retryAfterMs }) => retryAfterMs ?? Number.POSITIVE_INFINITY),
  )
  const check = rejected.length > 0 ? ` Check ${rejected.join(', ')}.` : ''
  return new GatewayError(
    'no_available_target',
    `Nothing can serve this call now: ${why}.${check}`,
    {
      ...(Number.isFinite(hint) ? { retryAfterMs: hint, status: 429 } : {}),
    },
  )
}

function allRejected(backend: string, names: readonly string[], cause: GatewayError): GatewayError {
  const { upstream } = cause
  return new GatewayError(
    'upstream_credentials_rejected',
    `The provider of "${backend}" rejected every key that it was tried with. Check ${[...new Set(names)].join(', ')}.`,
    { cause, ...(upstream === undefined ? {} : { upstream }) },
  )
}
