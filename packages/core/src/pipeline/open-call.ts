import type { Parts } from '../attempt/answer-flow.ts'
import type { Attempt } from '../attempt/attempt.ts'
import type { AttemptEnvironment, Leg } from '../attempt/leg.ts'
import { encodeContext, startClientAttempt, startPartsAttempt } from '../attempt/start-attempt.ts'
import type { Dispatched } from '../backend.ts'
import type { CallView } from '../call.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Clock } from '../clock.ts'
import type { EncodeContext } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { EventEmitter } from '../event-bus.ts'
import type { AttemptEnd, GatewayEvents } from '../events.ts'
import type { Logger } from '../log.ts'
import type { Outcome, Route } from '../outcome.ts'
import type { TargetLease } from '../pool/pool.ts'
import type { Target } from '../pool/target.ts'
import type { Answer } from './answer.ts'
import { AttemptLoop } from './attempt-loop.ts'
import { Budget } from './budget.ts'
import type { CallState } from './call-state.ts'
import { dispatchParts } from './dispatch.ts'
import { DispatchedCall } from './dispatched-call.ts'
import { preparePlan } from './prepare-plan.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'
import { settingsFor } from './settings.ts'
import type { Snapshot } from './snapshot.ts'
import type { PartTransform, Stage } from './stage.ts'

/** How deep virtual backends may call virtual backends. */
const maxDepth = 3

/** What handling calls needs of the gateway. */
export interface HandlerEnvironment {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly events: EventEmitter<GatewayEvents>
  readonly stages: readonly Stage[]
  readonly refresh: (target: Target) => Promise<void>
}

/** What became of a call, for its one log line. */
export interface CallResult {
  readonly error?: GatewayError
  readonly route?: Route
  readonly outcome?: Outcome
}

/** A call from its arrival to the end of its answer. */
export class OpenCall {
  readonly #call: CallState
  readonly #snapshot: Snapshot
  readonly #environment: HandlerEnvironment
  readonly #attempts: AttemptEnvironment
  readonly #budget: Budget
  readonly #loops = new Set<AttemptLoop<unknown>>()
  readonly outcomes: Outcome[] = []
  decision: readonly string[] = []
  #attempt: Attempt<Uint8Array> | undefined
  #aborted: GatewayError | undefined

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
    }
    // All of them, and before anything waits: where the call goes is not known yet, and virtual backends choose late.
    for (const instance of snapshot.instances.values()) instance.lease()
  }

  get attempts(): number {
    return this.#budget.tries
  }

  /** What an error event in the client's dialect needs to know. */
  get encodeContext(): EncodeContext {
    return encodeContext({ environment: this.#attempts }, this.#call)
  }

  /** Routes the call, tries its places, and delivers the answer. Resolves at the answer's end. */
  async run(answer: Answer): Promise<CallResult> {
    const call = this.#call
    const loop = await this.#openLoop<Uint8Array>(call, {
      text: call.head.model,
      picked: call.picked,
      request: () => call.request(),
      depth: 0,
      start: (leg) => startClientAttempt(leg, call),
    })
    answer.keepAlive(call, this.#snapshot.limits)
    const result = await loop.run()
    this.decision = [...this.decision, ...loop.decision]
    if ('failure' in result) {
      const { failure, route } = result
      const placed = route === undefined ? {} : { route }
      if (this.#aborted === undefined) {
        answer.fail(failure, { encode: this.encodeContext, ...placed })
      } else {
        this.#endCancelled(answer)
      }
      return { error: failure.error, ...placed }
    }
    return await this.#deliver(answer, result.attempt)
  }

  /** Ends everything that runs for this call at once. */
  abort(reason: GatewayError): void {
    this.#aborted = reason
    for (const loop of this.#loops) loop.abort(reason)
    this.#attempt?.abort(reason)
  }

  /** Lets the backends go that a reload has replaced since. Called once, at the end. */
  release(): void {
    for (const instance of this.#snapshot.instances.values()) instance.release()
  }

  async #deliver(answer: Answer, attempt: Attempt<Uint8Array>): Promise<CallResult> {
    this.#attempt = attempt
    const delivered = answer.deliver(this.#call, attempt)
    const outcome = await attempt.outcome
    if (outcome.result === 'cancelled') this.#endCancelled(answer)
    else await delivered
    const { error } = outcome
    return { route: attempt.route, outcome, ...(error === undefined ? {} : { error }) }
  }

  /** The client has gone, or the gateway ends the call: in the first case nothing more can be written. */
  #endCancelled(answer: Answer): void {
    if (this.#aborted?.code === 'client_closed_request') answer.drop()
    else answer.fail({ error: this.#aborted ?? stopped() }, { encode: this.encodeContext })
  }

  async #openLoop<Item>(
    view: CallView,
    options: {
      readonly text: string | undefined
      readonly picked: string | undefined
      readonly request: () => ChatRequest
      readonly depth: number
      readonly start: (leg: Leg) => Attempt<Item>
    },
  ): Promise<AttemptLoop<Item>> {
    const { clock, random, refresh } = this.#environment
    const routing = { model: options.text, picked: options.picked, principal: view.principal }
    const snapshot = options.depth === 0 ? this.#snapshot : withoutForces(this.#snapshot)
    const plan = await preparePlan(view, routing, snapshot)
    this.decision = [...this.decision, ...plan.decision]
    const transforms = options.depth === 0 ? this.#transforms() : []
    const loop = new AttemptLoop<Item>({
      call: view,
      leaves: plan.leaves,
      budget: this.#budget,
      clock,
      random,
      refresh,
      start: (leaf, lease) =>
        options.start(this.#leg(view, leaf, { ...options, lease, transforms })),
      onAttemptEnd: (end) => this.#attemptEnded(end),
    })
    this.#loops.add(loop)
    if (this.#aborted !== undefined) loop.abort(this.#aborted)
    return loop
  }

  #leg(
    view: CallView,
    { leaf, instance, head, handling }: PreparedLeaf,
    options: {
      readonly lease: TargetLease
      readonly request: () => ChatRequest
      readonly transforms: readonly PartTransform[]
      readonly depth: number
    },
  ): Leg {
    return {
      call: view,
      head,
      instance,
      handling,
      lease: options.lease,
      settings: settingsFor(leaf, this.#call.parameters, this.#snapshot),
      environment: this.#attempts,
      request: options.request,
      transforms: options.transforms,
      dispatch: (selector, request, signal) =>
        this.#dispatch(selector, request, { signal, depth: options.depth + 1 }),
    }
  }

  #dispatch(
    selector: string,
    request: ChatRequest,
    { signal, depth }: { readonly signal: AbortSignal; readonly depth: number },
  ): Dispatched {
    return dispatchParts(async () => {
      if (depth > maxDepth) throw tooDeep()
      const view = new DispatchedCall(this.#call, request, selector)
      const loop = await this.#openLoop<Parts>(view, {
        text: selector,
        picked: undefined,
        request: () => request,
        depth,
        start: startPartsAttempt,
      })
      const abort = () => loop.abort(stopped())
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      return loop
    })
  }

  #transforms(): readonly PartTransform[] {
    return this.#environment.stages.flatMap((stage) => stage.response?.(this.#call) ?? [])
  }

  #clearFault(backend: string): void {
    const instance = this.#snapshot.instances.get(backend)
    if (instance !== undefined) instance.fault = undefined
  }

  #attemptEnded(end: AttemptEnd): void {
    this.outcomes.push(end.outcome)
    if (end.outcome.result === 'done') this.#clearFault(end.outcome.route.backend)
    this.#environment.events.emit('attempt-end', end)
  }
}

/** Static routes and forced models decide where clients go, not where virtual backends go. */
function withoutForces(snapshot: Snapshot): Snapshot {
  const { staticRoute: _, forceModel: __, ...routing } = snapshot.routing
  return { ...snapshot, routing }
}

function tooDeep(): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Virtual backends call each other more than ${maxDepth} deep. Check the selectors for a circle.`,
  )
}

function stopped(): GatewayError {
  return new GatewayError('client_closed_request', 'The call is not wanted any more.')
}
