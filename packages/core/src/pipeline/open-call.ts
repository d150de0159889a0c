import type { Parts } from '../attempt/answer-flow.ts'
import type { Attempt } from '../attempt/attempt.ts'
import { EmptinessCheck } from '../attempt/empty-answer.ts'
import type { AttemptEnvironment, Leg } from '../attempt/leg.ts'
import { startClientAttempt, startPartsAttempt } from '../attempt/start-attempt.ts'
import type { Dispatched } from '../backend.ts'
import type { CallView } from '../call.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { StoredReply } from '../dialect.ts'
import { GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { AttemptEnd } from '../events.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { TargetLease } from '../pool/lease.ts'
import type { RoutingRequest } from '../routing/routing-view.ts'
import { CallStates } from '../state/call-states.ts'
import type { Answer } from './answer.ts'
import { AttemptLoop } from './attempt-loop.ts'
import { Budget } from './budget.ts'
import type { CallState } from './call-state.ts'
import { dispatchParts, type RunningDispatch } from './dispatch.ts'
import { DispatchedCall } from './dispatched-call.ts'
import { isGeneration } from './generation.ts'
import type { HandlerEnvironment } from './handler-environment.ts'
import { namesAnswers, resolveNamed } from './named-answer.ts'
import { type PlanContext, type PreparedBranch, preparePlan } from './prepare-plan.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'
import { PromptSize } from './prompt-size.ts'
import { type Contest, Race } from './race.ts'
import {
  clientRequest,
  dispatchedRequest,
  promptOf,
  raceable,
  withoutForces,
} from './routing-request.ts'
import { settingsFor } from './settings.ts'
import type { Snapshot } from './snapshot.ts'
import type { PartTransform } from './stage.ts'
import { StoredNote } from './stored-note.ts'

/** How deep virtual backends may call virtual backends. */
const maxDepth = 3

/** What became of a call, for its one log line. */
export interface CallResult {
  readonly error?: GatewayError
  readonly route?: Route
  readonly outcome?: Outcome
}

/** What differs between the client's call and those that virtual backends make for it. */
interface ContestPlan<Item> {
  readonly view: CallView
  readonly depth: number
  readonly budget: Budget
  readonly request: () => ChatRequest
  readonly prompt: PromptSize
  readonly start: (leg: Leg) => Attempt<Item>
}

/** A call from its routing to the end of its answer. */
export class OpenCall {
  readonly #call: CallState
  readonly #snapshot: Snapshot
  readonly #environment: HandlerEnvironment
  readonly #attempts: AttemptEnvironment
  readonly #budget: Budget
  readonly #states: CallStates
  readonly #stored: StoredNote
  readonly #dispatches: RunningDispatch[] = []
  /** Attempts that called others: what they report as usage, those have reported already. */
  readonly #dispatchers: TargetLease[] = []
  /** Who waits, or has waited, for something that may never come. */
  readonly #waiting: ((reason: GatewayError) => void)[] = []
  readonly #contests: Contest<unknown>[] = []
  #aborted: GatewayError | undefined
  #ended = false
  /** Of every attempt that was paid for. */
  readonly outcomes: Outcome[] = []
  readonly decision: string[] = []

  constructor(call: CallState, snapshot: Snapshot, environment: HandlerEnvironment) {
    this.#call = call
    this.#snapshot = snapshot
    this.#environment = environment
    this.#budget = new Budget(environment.clock, snapshot.limits)
    this.#attempts = {
      clock: environment.clock,
      log: environment.log,
      limits: snapshot.limits,
      network: snapshot.network,
      ensureUsage: snapshot.config.ensureUsage ?? false,
      answers: environment.answers,
    }
    this.#states = new CallStates({
      memory: environment.memory,
      owner: call.principal.id,
      dialect: call.dialect,
      isTracked: snapshot.hasForeignStates,
    })
    this.#stored = new StoredNote(call, environment.answers)
    // The whole of it, and before anything waits: where the call goes is not known yet, and virtual backends choose late.
    snapshot.use.take()
  }

  get id(): string {
    return this.#call.id
  }

  get attempts(): number {
    return this.#budget.attempts
  }

  /** Routes the call, tries its places, and delivers the answer. Resolves at the answer's end. */
  async run(answer: Answer): Promise<CallResult> {
    const call = this.#call
    const contest = await this.#openContest<Uint8Array>({
      view: call,
      depth: 0,
      budget: this.#budget,
      request: () => call.request(),
      prompt: promptOf(call),
      start: (leg) => startClientAttempt(leg, call),
    })
    answer.keepAlive(this.#snapshot.limits)
    const result = await contest.run()
    if ('attempt' in result) return await this.#deliver(answer, result.attempt)
    const { failure, route } = result
    answer.fail(failure, route)
    return { error: failure.error, ...(route === undefined ? {} : { route }) }
  }

  /**
   * Finds what the call names; absent where it names nothing. Resolves to the reply where it is about something that is kept here.
   */
  resolveNamed(): Promise<StoredReply | undefined> | undefined {
    if (!namesAnswers(this.#call)) return undefined
    return this.wait(resolveNamed(this.#call, this.#environment.answers))
  }

  /** Waits for something, but not longer than anybody wants the call. Rejects with the reason. */
  wait<Value>(work: Promise<Value>): Promise<Value> {
    if (this.#aborted !== undefined) return Promise.reject(this.#aborted)
    return new Promise((resolve, reject) => {
      this.#waiting.push(reject)
      work.then(resolve, reject)
    })
  }

  /** Ends everything that runs for this call at once. */
  abort(reason: GatewayError): void {
    this.#aborted ??= reason
    for (const contest of this.#contests) contest.abort(reason)
    for (const dispatch of this.#dispatches) dispatch.abort(reason)
    for (const reject of this.#waiting) reject(reason)
  }

  /** The answer has ended: nothing may run on, and the backends may be disposed. Absent where nothing runs on. */
  finish(): Promise<void> | undefined {
    this.#ended = true
    if (this.#dispatches.length > 0) return this.#finishDispatches()
    this.#release()
    return undefined
  }

  async #finishDispatches(): Promise<void> {
    this.abort(unwanted())
    for (const dispatch of this.#dispatches) await dispatch.outcome
    this.#release()
  }

  #release(): void {
    this.#snapshot.use.release()
  }

  async #deliver(answer: Answer, attempt: Attempt<Uint8Array>): Promise<CallResult> {
    try {
      answer.deliver(attempt)
    } catch (error) {
      attempt.abort(toGatewayError(error))
    }
    const outcome = await attempt.outcome
    const { route, error } = outcome
    if (outcome.result === 'done') answer.end()
    if (outcome.result === 'cancelled') answer.fail({ error: error ?? unwanted() }, route)
    return { route, outcome, ...(error === undefined ? {} : { error }) }
  }

  /** Routes a call and gets ready to try its places. */
  async #openContest<Item>(plan: ContestPlan<Item>): Promise<Contest<Item>> {
    const { view, depth } = plan
    const planned = preparePlan(view, this.#routingRequest(plan), this.#planContext(plan))
    const prepared = planned instanceof Promise ? await this.wait(planned) : planned
    this.decision.push(...prepared.decision)
    if (depth === 0) this.#warn(prepared.warnings)
    const contest = this.#contest(plan, raceable(view, prepared))
    this.#contests.push(contest)
    if (this.#aborted !== undefined) contest.abort(this.#aborted)
    return contest
  }

  #routingRequest({ view, depth, request }: ContestPlan<unknown>): RoutingRequest {
    const { random } = this.#environment
    if (depth === 0) return clientRequest(this.#call, this.#snapshot, random)
    return dispatchedRequest(view, request(), { parent: this.#call, random })
  }

  #planContext({ depth, prompt }: ContestPlan<unknown>): PlanContext {
    const { routing, instances } = this.#snapshot
    if (depth > 0) return { routing: withoutForces(routing), instances, prompt }
    return { routing, instances, prompt, dialect: this.#call.input.dialect }
  }

  /** Says what of the selector was ignored. */
  #warn(warnings: readonly string[]): void {
    if (warnings.length === 0) return
    this.decision.push(...warnings)
    this.#call.annotate('x-jackfield-warning', warnings.join(' '))
  }

  #contest<Item>(plan: ContestPlan<Item>, branches: readonly PreparedBranch[]): Contest<Item> {
    const [only, second] = branches
    if (only !== undefined && second === undefined) return this.#loop(plan, only.leaves)
    let isWon = false
    const claim = () => {
      const isFirst = !isWon
      isWon = true
      return isFirst
    }
    const legs = branches.map(({ leaves, delayMs }) => ({
      delayMs,
      loop: this.#loop(plan, leaves, claim),
    }))
    return new Race(legs, this.#environment.clock)
  }

  #loop<Item>(
    plan: ContestPlan<Item>,
    leaves: readonly PreparedLeaf[],
    claim?: () => boolean,
  ): AttemptLoop<Item> {
    const { clock, random, refresh } = this.#environment
    const { view, depth } = plan
    const pin = depth === 0 ? this.#call.pin : undefined
    const source = depth === 0 ? this.#call.source : undefined
    return new AttemptLoop<Item>({
      call: view,
      leaves,
      ...(pin === undefined ? {} : { targetId: pin.target }),
      ...(claim === undefined ? {} : { claim }),
      budget: plan.budget,
      clock,
      random,
      refresh,
      isRepeatable: () => source?.started !== true,
      dropStates: () => this.#states.drop(),
      start: (leaf, lease) => plan.start(this.#leg(plan, leaf, lease)),
      onDelivery: (attempt, lease) => this.#stored.begins(attempt, lease.target.id),
      onAttemptEnd: (end, lease) => this.#attemptEnded(end, lease),
      decision: this.decision,
    })
  }

  #leg(plan: ContestPlan<unknown>, leaf: PreparedLeaf, lease: TargetLease): Leg {
    const { view, depth, budget, request } = plan
    return {
      call: view,
      head: leaf.head,
      instance: leaf.instance,
      handling: leaf.handling,
      lease,
      ...(leaf.leaf.timeouts === undefined ? {} : { timeouts: leaf.leaf.timeouts }),
      ...this.#emptiness(leaf, lease, budget),
      settings: settingsFor(leaf.leaf, this.#call.parameters, this.#snapshot),
      environment: this.#attempts,
      request,
      states: this.#states,
      transforms: depth === 0 && isGeneration(view.operation) ? this.#transforms() : noTransforms,
      dispatch: (selector, dispatched, { signal, reserve = 0 }) => {
        this.#dispatchers.push(lease)
        const shared = budget.share(reserve)
        return this.#dispatch(dispatched, { selector, signal, depth: depth + 1, budget: shared })
      },
    }
  }

  /** What virtual backends make of the answers of others is theirs. */
  #emptiness(
    { handling, head }: PreparedLeaf,
    lease: TargetLease,
    budget: Budget,
  ): Pick<Leg, 'emptiness'> {
    if (this.#snapshot.limits.retryEmptyAnswers === 0) return nothing
    if (handling.way === 'virtual' || !isGeneration(head.operation)) return nothing
    return { emptiness: new EmptinessCheck(() => !lease.mustRest && budget.refuseEmpty()) }
  }

  #dispatch(
    request: ChatRequest,
    options: {
      readonly selector: string
      readonly signal: AbortSignal
      readonly depth: number
      readonly budget: Budget
    },
  ): Dispatched {
    const { selector, signal, depth, budget } = options
    const view = new DispatchedCall(this.#call, request, selector)
    const dispatch = dispatchParts(async () => {
      if (depth > maxDepth) throw tooDeep()
      if (signal.aborted || this.#ended) throw unwanted()
      return await this.#openContest<Parts>({
        view,
        depth,
        budget,
        request: () => request,
        prompt: new PromptSize(undefined, () => request),
        start: startPartsAttempt,
      })
    })
    this.#dispatches.push(dispatch)
    const abort = () => dispatch.abort(unwanted())
    signal.addEventListener('abort', abort, { once: true })
    void dispatch.outcome.then(() => signal.removeEventListener('abort', abort))
    return dispatch
  }

  /** One transform of every stage that wants one, made for one answer. */
  #transforms(): readonly PartTransform[] {
    const { stages } = this.#environment
    if (stages.length === 0) return noTransforms
    return stages.flatMap((stage) => stage.response?.(this.#call) ?? [])
  }

  #attemptEnded(end: AttemptEnd, lease: TargetLease): void {
    const { outcome } = end
    if (!this.#dispatchers.includes(lease)) this.outcomes.push(outcome)
    if (outcome.result === 'done') this.#clearFault(outcome.route.backend)
    if (end.next === 'delivered') this.#stored.delivered(outcome, lease.target.id)
    this.#environment.events.emit('attempt-end', end)
  }

  #clearFault(backend: string): void {
    const instance = this.#snapshot.instances.get(backend)
    if (instance !== undefined) instance.faulty = false
  }
}

const noTransforms: readonly PartTransform[] = []
const nothing = {}

function tooDeep(): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Virtual backends call each other more than ${maxDepth} deep. Check the selectors for a circle.`,
  )
}

function unwanted(): GatewayError {
  return new GatewayError('client_closed_request', 'The call is not wanted any more.')
}
