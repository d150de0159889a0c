import {
  addUsage,
  type ChatRequest,
  type Dispatched,
  isGatewayError,
  type ReasoningEffort,
  type StreamPart,
  type Usage,
  type VirtualContext,
} from '@jackfield/core'
import { withEffort } from './phase-requests.ts'

/** Selectors that are remembered, and how long one may be that is. */
const maxRemembered = 1_000
const maxLength = 256

/** Selectors whose provider refused a request for the effort in it. */
export class RefusedEfforts {
  readonly #selectors = new Set<string>()

  has(selector: string): boolean {
    return this.#selectors.has(selector)
  }

  add(selector: string): void {
    if (selector.length > maxLength) return
    if (this.#selectors.size >= maxRemembered) this.#selectors.clear()
    this.#selectors.add(selector)
  }
}

export interface ModelCallOptions {
  readonly selector: string
  readonly request: ChatRequest
  /** How hard the model is asked to think where the request does not say it. */
  readonly effort: ReasoningEffort
  /** Tries that are left to calls that come later. */
  readonly reserve: number
}

/**
 * A call of one model of the pair. An effort that nobody asked for cannot be the caller's fault: where a provider refuses the request
 * with it, the request goes out once more without it.
 */
export class ModelCall {
  readonly #context: VirtualContext
  readonly #options: ModelCallOptions
  readonly #refused: RefusedEfforts
  readonly #calls: Dispatched[] = []
  #isCancelled = false

  constructor(context: VirtualContext, options: ModelCallOptions, refused: RefusedEfforts) {
    this.#context = context
    this.#options = options
    this.#refused = refused
  }

  /** The answer, once. Throws as what {@link VirtualContext.dispatch} returns does; ending the iteration cancels the call. */
  async *parts(): AsyncGenerator<readonly StreamPart[], void> {
    const { selector, request, effort } = this.#options
    const eager = this.#refused.has(selector) ? request : withEffort(request, effort)
    if (eager === request) return yield* this.#start(request).parts
    let hasBegun = false
    try {
      for await (const parts of this.#start(eager).parts) {
        hasBegun = true
        yield parts
      }
      return
    } catch (error) {
      if (hasBegun || this.#isCancelled || !isRefusal(error)) throw error
    }
    for await (const parts of this.#start(request).parts) {
      this.#refused.add(selector)
      yield parts
    }
  }

  /** Ends the call at the provider at once, in every phase. */
  cancel(): void {
    this.#isCancelled = true
    for (const call of this.#calls) call.cancel()
  }

  /** Resolves to whether anybody could be asked at all, once the call has ended. */
  async reachedSomebody(): Promise<boolean> {
    const outcomes = await Promise.all(this.#calls.map(({ outcome }) => outcome))
    return outcomes.some(({ route }) => route.backend !== '')
  }

  /** Resolves to what it cost, as far as that is known, once the call has ended. */
  async usage(): Promise<Usage | undefined> {
    const outcomes = await Promise.all(this.#calls.map(({ outcome }) => outcome))
    const told = outcomes.flatMap(({ usage }) => usage.usage ?? [])
    return told.length === 0 ? undefined : told.reduce(addUsage)
  }

  #start(request: ChatRequest): Dispatched {
    const { selector, reserve } = this.#options
    const call = this.#context.dispatch(selector, request, { reserve })
    this.#calls.push(call)
    return call
  }
}

function isRefusal(error: unknown): boolean {
  return isGatewayError(error) && error.code === 'invalid_request' && error.upstream !== undefined
}
