import type { Parts } from '../attempt/answer-flow.ts'
import type { Attempt } from '../attempt/attempt.ts'
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
import { preparePlan } from './prepare-plan.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'
import { settingsFor } from './settings.ts'
import type { Snapshot } from './snapshot.ts'
import type { PartTransform } from './stage.ts'

/** How deep virtual backends may call virtual backends. */
const maxDepth = 3

/** What became of a call, for its one log line. */
export interface CallResult {
  readonly error?: GatewayError
  readonly route?: Route
  readonly outcome?: Outcome
}

/** What differs between the client's call and those that virtual backends make for it. */
interface LoopPlan<Item> {
  readonly view: CallView
  readonly picked: string | undefined
  readonly depth: number
  readonly budget: Budget
  readonly request: () => ChatRequest
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
  readonly #dispatches: RunningDispatch[] = []
  /** Attempts that called others: what they report as usage, those have reported already. */
  readonly #dispatchers: TargetLease[] = []
  /** Who waits, or has waited, for something that may never come. */
  readonly #waiting: ((reason: GatewayError) => void)[] = []
  readonly #loops: AttemptLoop<unknown>[] = []
  #aborted: GatewayError | undefined
  #ended = false
  /** Id of the answer that was noted as stored. */
  #noted: string | undefined
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
    // All of them, and before anything waits: where the call goes is not known yet, and virtual backends choose late.
    for (const instance of snapshot.instances.values()) instance.lease()
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
    const loop = await this.#openLoop<Uint8Array>({
      view: call,
      picked: call.picked,
      depth: 0,
      budget: this.#budget,
      request: () => call.request(),
      start: (leg) => startClientAttempt(leg, call),
    })
    answer.keepAlive(this.#snapshot.limits)
    const result = await loop.run()
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
    for (const loop of this.#loops) loop.abort(reason)
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
    for (const instance of this.#snapshot.instances.values()) instance.release()
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

  async #openLoop<Item>(plan: LoopPlan<Item>): Promise<AttemptLoop<Item>> {
    const { clock, random, refresh } = this.#environment
    const { view, picked, depth } = plan
    const routing = depth === 0 ? this.#snapshot.routing : withoutForces(this.#snapshot.routing)
    const pin = depth === 0 ? this.#call.pin : undefined
    const request = {
      model: view.head.model,
      picked,
      principal: view.principal,
      ...(pin === undefined ? {} : { pinned: this.#requireBackend(pin.backend) }),
    }
    const dialect = depth === 0 ? { dialect: this.#call.input.dialect } : {}
    const options = { ...this.#snapshot, routing, ...dialect }
    const planned = preparePlan(view, request, options)
    const prepared = planned instanceof Promise ? await this.wait(planned) : planned
    this.decision.push(...prepared.decision)
    const source = depth === 0 ? this.#call.source : undefined
    const loop = new AttemptLoop<Item>({
      call: view,
      leaves: prepared.leaves,
      ...(pin === undefined ? {} : { targetId: pin.target }),
      budget: plan.budget,
      clock,
      random,
      refresh,
      isRepeatable: () => source?.started !== true,
      dropStates: () => this.#states.drop(),
      start: (leaf, lease) => plan.start(this.#leg(plan, leaf, lease)),
      onDelivery: (attempt, lease) => this.#begins(attempt, lease),
      onAttemptEnd: (end, lease) => this.#attemptEnded(end, lease),
      decision: this.decision,
    })
    this.#loops.push(loop)
    if (this.#aborted !== undefined) loop.abort(this.#aborted)
    return loop
  }

  #leg(plan: LoopPlan<unknown>, leaf: PreparedLeaf, lease: TargetLease): Leg {
    const { view, depth, budget, request } = plan
    return {
      call: view,
      head: leaf.head,
      instance: leaf.instance,
      handling: leaf.handling,
      lease,
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
      return await this.#openLoop<Parts>({
        view,
        picked: undefined,
        depth,
        budget,
        request: () => request,
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
    if (end.next === 'delivered') {
      this.#noteDeleted(outcome)
      this.#noteStored(outcome.route, outcome.responseId, lease.target.id)
    }
    this.#environment.events.emit('attempt-end', end)
  }

  /** A provider holds what the call names: without that backend nobody can serve it. */
  #requireBackend(name: string): string {
    if (this.#snapshot.instances.has(name)) return name
    throw new GatewayError(
      'no_available_target',
      `The backend "${name}", which holds what this call names, is not configured any more.`,
    )
  }

  /** A stream can be named from its first event on: a client may cancel what runs in the background while it reads it. */
  #begins(attempt: Pick<Attempt<unknown>, 'route' | 'responseId'>, { target }: TargetLease): void {
    const { head, input } = this.#call
    if (!head.stream || input.dialect.storage === undefined) return
    this.#noteStored(attempt.route, attempt.responseId, target.id)
  }

  #noteDeleted({ status = 0 }: Outcome): void {
    const { input, head, principal } = this.#call
    if (head.resourceId === undefined || input.method !== 'DELETE' || status >= 300) return
    this.#environment.answers.forget(principal.id, head.resourceId)
  }

  /** An answer that its provider keeps can be named from now on, by whom it was made for, until it is deleted. */
  #noteStored({ way, backend }: Route, id: string | undefined, target: string): void {
    const { input, head, bytes, principal } = this.#call
    const { storage } = input.dialect
    if (storage === undefined || id === undefined || bytes === undefined) return
    if (this.#noted === id || way !== 'forward' || !storage.isWanted(bytes, head)) return
    this.#noted = id
    this.#environment.answers.pin(principal.id, id, { backend, target })
  }

  #clearFault(backend: string): void {
    const instance = this.#snapshot.instances.get(backend)
    if (instance !== undefined) instance.faulty = false
  }
}

const noTransforms: readonly PartTransform[] = []

/** Static routes and forced models decide where clients go, not where virtual backends go. */
function withoutForces({
  staticRoute: _,
  forceModel: __,
  ...routing
}: Snapshot['routing']): Snapshot['routing'] {
  return routing
}

function tooDeep(): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Virtual backends call each other more than ${maxDepth} deep. Check the selectors for a circle.`,
  )
}

function unwanted(): GatewayError {
  return new GatewayError('client_closed_request', 'The call is not wanted any more.')
}
