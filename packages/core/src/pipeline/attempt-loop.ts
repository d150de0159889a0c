import type { Attempt } from '../attempt/attempt.ts'
import { isEmptyAnswer } from '../attempt/empty-answer.ts'
import { isNeutral } from '../attempt/neutral-failure.ts'
import type { CallView } from '../call.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { AttemptEnd } from '../events.ts'
import type { Outcome } from '../outcome.ts'
import type { TargetLease } from '../pool/lease.ts'
import type { Selection } from '../pool/pool.ts'
import type { Unavailable } from '../pool/unavailable.ts'
import type { Refresh } from '../registry/refresher.ts'
import type { Budget } from './budget.ts'
import { exhaustSmaller } from './context-windows.ts'
import { LastFailure, type RoutedFailure, shortestHint } from './last-failure.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'
import { Repetitions } from './repetitions.ts'
import { Trouble } from './trouble.ts'

/** Waits in a row after which other calls had taken the place again. */
const maxIdleWaits = 3

/** Softly excluded targets are asked for only when no leaf has another one. */
const allowances = [false, true] as const

export interface AttemptLoopOptions<Item> {
  readonly call: CallView
  readonly leaves: readonly PreparedLeaf[]
  /** The one target that can serve the call. */
  readonly targetId?: string
  readonly budget: Budget
  readonly clock: Clock
  readonly random: () => number
  readonly start: (leaf: PreparedLeaf, lease: TargetLease) => Attempt<Item>
  /** Whether the request can be sent once more: a body that is streamed through comes only once. */
  readonly isRepeatable: () => boolean
  readonly refresh: Refresh
  /** Leaves opaque state out of what is sent from now on. Returns whether that changes anything. */
  readonly dropStates: () => boolean
  /** Asked once an attempt is ready: `false` means that another loop of the call was faster. Absent: there is no other. */
  readonly claim?: () => boolean
  /** Hears of the attempt whose answer the client will get, before any of it flows. */
  readonly onDelivery?: (
    attempt: Pick<Attempt<unknown>, 'route' | 'responseId'>,
    lease: TargetLease,
  ) => void
  readonly onAttemptEnd: (end: AttemptEnd, lease: TargetLease) => void
  /** Takes what is decided, in words. */
  readonly decision: string[]
}

/** The answer to deliver, or why there is none. `route`: where the decisive failure happened. */
export type LoopResult<Item> = { readonly attempt: Attempt<Item> } | RoutedFailure

interface Choice {
  readonly leaf: PreparedLeaf
  readonly lease: TargetLease
}

interface Try<Item> extends Choice {
  readonly attempt: Attempt<Item>
  readonly number: number
}

/**
 * Tries the places of a plan until one gives a meaningful part: other targets and leaves first, softly excluded ones
 * next, then the same again after a wait. Returns the first good attempt, or the failure that the client should see.
 */
export class AttemptLoop<Item> {
  readonly #options: AttemptLoopOptions<Item>
  readonly #refreshed: string[] = []
  /** What follows from failures; most calls have none. */
  #repetitions: Repetitions | undefined
  #trouble: Trouble | undefined
  #last: LastFailure | undefined
  #current: Attempt<Item> | undefined
  /** What failed because of a credential that its target does not have any more. */
  #excused: Try<Item> | undefined
  #aborted: GatewayError | undefined
  /** Aborted because another loop was faster. */
  #lost = false
  #wake: (() => void) | undefined
  #idleWaits = 0

  constructor(options: AttemptLoopOptions<Item>) {
    this.#options = options
  }

  async run(): Promise<LoopResult<Item>> {
    for (;;) {
      if (this.#aborted !== undefined) return { failure: { error: this.#aborted } }
      if (this.#options.budget.spent) return this.#giveUp([])
      const choice = this.#choose()
      if ('lease' in choice) {
        const result = await this.#try(choice)
        if (result !== undefined) return result
      } else if (!(await this.#waitForReturn(choice))) {
        return this.#giveUp(choice)
      }
    }
  }

  /** Ends the loop and the attempt in flight, in every phase. Idempotent. */
  abort(reason: GatewayError): void {
    this.#aborted ??= reason
    this.#current?.abort(reason)
    this.#wake?.()
  }

  /** Ends the loop because another one of the same call was faster: nobody's failure. Idempotent. */
  lose(): void {
    this.#lost ||= this.#aborted === undefined
    this.abort(raceLost())
  }

  #choose(): Choice | Unavailable[] {
    const reasons: Unavailable[] = []
    for (const allowSoft of allowances) {
      reasons.length = 0
      for (const leaf of this.#options.leaves) {
        if (leaf.exhausted || this.#isDenied(leaf)) continue
        const selection = this.#select(leaf, allowSoft)
        if ('lease' in selection) return { leaf, lease: selection.lease }
        reasons.push(named(leaf.instance.name, selection.unavailable))
      }
    }
    return reasons
  }

  #select({ leaf, instance, used }: PreparedLeaf, allowSoft: boolean): Selection {
    const { call, targetId } = this.#options
    return instance.pool.select({
      model: leaf.model,
      call,
      tried: used,
      allowSoft,
      ...(leaf.target === undefined ? {} : { targetName: leaf.target }),
      ...(targetId === undefined ? {} : { targetId }),
    })
  }

  /** A provider in trouble is not asked by everybody over and over again. */
  #isDenied({ instance }: PreparedLeaf): boolean {
    if (this.#trouble?.isDenied(instance) !== true) return false
    for (const leaf of this.#options.leaves) {
      if (leaf.instance === instance) leaf.exhausted = true
    }
    this.#options.decision.push(`${instance.name}: no retry, its retry budget is spent`)
    return true
  }

  /** Waits until a target comes back, if that is soon enough. Returns whether it is worth another round. */
  async #waitForReturn(reasons: readonly Unavailable[]): Promise<boolean> {
    const { clock, budget } = this.#options
    const repetition = this.#repetitions?.nextIn(clock.monotonic()) ?? Number.POSITIVE_INFINITY
    const wait = Math.min(repetition, shortestHint(reasons))
    if (!Number.isFinite(wait) || !budget.allowsWait(wait)) return false
    if (this.#idleWaits >= maxIdleWaits) return false
    this.#idleWaits += 1
    this.#options.decision.push(`waits ${Math.ceil(wait)} ms`)
    const until = clock.monotonic() + wait
    await this.#sleep(wait)
    // A timer may be a little early by the other clock.
    this.#repetitions?.release(Math.max(until, clock.monotonic()))
    return true
  }

  async #try(choice: Choice): Promise<LoopResult<Item> | undefined> {
    this.#idleWaits = 0
    const { leaf, lease } = choice
    leaf.used.push(lease.target.id)
    this.#count(leaf)
    let made = this.#start(choice)
    let failure = await made.attempt.ready
    while (failure !== undefined && (await this.#recovered(failure.error, made))) {
      const outcome = await made.attempt.outcome
      // Whoever shares the budget may have spent it meanwhile, and the client may have gone.
      if (!this.#mayRepeat(made)) {
        this.#excused = made
        break
      }
      this.#emit(made, outcome, 'retry')
      made = this.#start(choice)
      failure = await made.attempt.ready
    }
    if (this.#aborted !== undefined) return await this.#cancelled(made, this.#aborted)
    if (failure !== undefined) return await this.#failed(made, failure)
    if (this.#options.claim?.() === false) this.lose()
    if (this.#aborted !== undefined) return await this.#cancelled(made, this.#aborted)
    this.#options.onDelivery?.(made.attempt, made.lease)
    this.#follow(made)
    return { attempt: made.attempt }
  }

  /** Whatever is tried after a failure follows from it. */
  #count({ instance }: PreparedLeaf): void {
    if (this.#trouble === undefined) instance.pool.retries.began()
    else this.#trouble.begin(instance)
  }

  #start(choice: Choice): Try<Item> {
    const { leaf, lease } = choice
    const number = this.#options.budget.take(leaf.handling.way)
    try {
      const attempt = this.#options.start(leaf, lease)
      this.#current = attempt
      this.#options.decision.push(describeTry(number, attempt.route, lease.leftOut))
      return { ...choice, attempt, number }
    } catch (error) {
      lease.release('cancelled')
      throw error
    }
  }

  /** Does away with what the provider refused. Returns whether that has worked. */
  async #recovered(error: GatewayError, made: Try<Item>): Promise<boolean> {
    const isEmpty = isEmptyAnswer(error)
    if (!isEmpty && error.recover !== 'without-state') return await this.#renewed(error, made)
    if (!this.#mayRepeat(made)) return false
    return isEmpty || this.#options.dropStates()
  }

  /** Whether the same request may go to the same target at once. */
  #mayRepeat({ lease }: Try<Item>): boolean {
    const { budget, isRepeatable } = this.#options
    if (this.#aborted !== undefined || budget.spent) return false
    return isRepeatable() && !lease.mustRest
  }

  /**
   * Renews a rejected credential, once per target and call. Others need it, too: where this call has no try left, the credential
   * that was rejected is not the one that the target has now.
   */
  async #renewed(error: GatewayError, { leaf, lease, attempt }: Try<Item>): Promise<boolean> {
    const { target } = lease
    if (error.recover !== 'refresh' || target.refresh === undefined) return false
    if (this.#aborted !== undefined || this.#refreshed.includes(target.id)) return false
    this.#refreshed.push(target.id)
    const { refresh } = this.#options
    const renewal = refresh(target, { backend: leaf.instance.name, since: attempt.startedAt })
    return await this.#unlessAborted(renewal)
  }

  /** Keeps the target leased until the answer that goes to the client has ended. */
  #follow(made: Try<Item>): void {
    void made.attempt.outcome.then((outcome) => {
      this.#release(made, outcome)
      this.#emit(made, outcome, 'delivered')
    })
  }

  async #cancelled(made: Try<Item>, error: GatewayError): Promise<LoopResult<Item>> {
    made.attempt.abort(error)
    made.lease.release('cancelled')
    this.#emit(made, await made.attempt.outcome, this.#lost ? 'lost' : 'give-up')
    return { failure: { error } }
  }

  async #failed(
    made: Try<Item>,
    failure: RoutedFailure['failure'],
  ): Promise<LoopResult<Item> | undefined> {
    const { leaf, lease, attempt } = made
    const { clock, budget, isRepeatable, decision, leaves } = this.#options
    const { error } = failure
    const { route } = attempt
    const outcome = await attempt.outcome
    this.#release(made, outcome)
    this.#last ??= new LastFailure()
    this.#last.note(failure, route, clock.monotonic())
    this.#noteTrouble(leaf, error)
    decision.push(`${route.backend}.${route.target}: ${error.code}`)
    if (isFinal(error) || !isRepeatable()) {
      this.#emit(made, outcome, 'give-up')
      return { failure, route }
    }
    if (error.code === 'context_length_exceeded') exhaustSmaller(leaf, leaves)
    else if (error.policy.fallback === 'leaf') leaf.exhausted = true
    else if (!isVirtual(leaf)) this.#allowRepetition(leaf, lease.target.id, error)
    const next = error.policy.fallback === 'leaf' ? 'next-leaf' : 'next-target'
    this.#emit(made, outcome, budget.spent ? 'give-up' : next)
    return undefined
  }

  #noteTrouble(leaf: PreparedLeaf, error: GatewayError): void {
    this.#trouble ??= new Trouble()
    if (!isVirtual(leaf)) this.#trouble.note(leaf.instance, error)
  }

  #allowRepetition(leaf: PreparedLeaf, targetId: string, error: GatewayError): void {
    const { clock, random } = this.#options
    this.#repetitions ??= new Repetitions(random)
    this.#repetitions.allow(leaf, targetId, { error, now: clock.monotonic() })
  }

  #release(made: Try<Item>, { result, error }: Outcome): void {
    const { leaf, lease } = made
    if (result !== 'failed' || error === undefined || isVirtual(leaf)) {
      lease.release(result === 'done' ? 'done' : 'cancelled')
      return
    }
    lease.release(error, { blame: this.#mayBlame(made, error) })
  }

  #mayBlame(made: Try<Item>, error: GatewayError): boolean {
    if (made === this.#excused || isNeutral(error, made.leaf.leaf.timeouts)) return false
    return this.#options.budget.mayCool(made.lease.target.id, error)
  }

  #emit({ number, lease }: Try<Item>, outcome: Outcome, next: AttemptEnd['next']): void {
    const { call, onAttemptEnd } = this.#options
    onAttemptEnd({ callId: call.id, attempt: number, outcome, next }, lease)
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

  /** Whether something succeeded before anybody aborted the loop. */
  #unlessAborted(work: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(false)
      work.then(
        () => resolve(true),
        () => resolve(false),
      )
    })
  }

  #giveUp(reasons: readonly Unavailable[]): LoopResult<Item> {
    const last = this.#last ?? new LastFailure()
    return last.conclude(reasons, this.#options.clock.monotonic())
  }
}

/** Whether nobody else could do better: the caller's own fault, or the caller is gone. */
function isFinal(error: GatewayError): boolean {
  return error.policy.fallback === 'no'
}

/**
 * Whether a place is one that calls others. What fails there has been retried, and held against somebody, where it happened: the
 * place itself is as good as before.
 */
function isVirtual({ handling }: PreparedLeaf): boolean {
  return handling.way === 'virtual'
}

function raceLost(): GatewayError {
  return new GatewayError('client_closed_request', 'Another place answered this call first.')
}

function describeTry(
  number: number,
  { backend, target }: Outcome['route'],
  leftOut: readonly string[],
): string {
  const without = leftOut.length === 0 ? '' : ` (without ${leftOut.join('; ')})`
  return `attempt ${number}: ${backend}.${target}${without}`
}

/** Why a backend is left out, with its name: several leaves may have targets of the same name. */
function named(backend: string, { reasons, rejected, ...rest }: Unavailable): Unavailable {
  return {
    ...rest,
    reasons: reasons.map((reason) => `${backend}: ${reason}`),
    rejected: rejected.map((target) => `${backend}.${target}`),
  }
}
