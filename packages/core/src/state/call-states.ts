import type { PartsWatch } from '../attempt/answer-flow.ts'
import type { OpaqueState, StateOrigin } from '../chat/opaque-state.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { StreamPart } from '../chat/stream-part.ts'
import type { Dialect } from '../dialect.ts'
import { keepStates, statesIn, statesOf } from './map-states.ts'
import { recallCalls } from './recall-calls.ts'
import type { StateMemory } from './state-memory.ts'
import { TurnRecorder } from './turn-recorder.ts'

export interface CallStatesOptions {
  readonly memory: StateMemory
  /** Whose conversation it is. */
  readonly owner: string
  /** Name of the client's dialect. */
  readonly dialect: string
  /** Whether the gateway has places that refuse each other's state. Without them forwarded state is nobody's business. */
  readonly isTracked: boolean
}

/** The opaque state of one call: what goes along to a place, and what is remembered of its answer. */
export class CallStates {
  readonly #options: CallStatesOptions
  /** Made when it is needed: most calls have no state. */
  #origins: Map<string, StateOrigin | undefined> | undefined
  #dropsAll = false

  constructor(options: CallStatesOptions) {
    this.#options = options
  }

  /** The request with the state that this origin accepts, also what the client could not carry itself. */
  async ownRequest(request: ChatRequest, origin: StateOrigin): Promise<ChatRequest> {
    const { memory, owner } = this.#options
    const whole = await recallCalls(request, (callId) => memory.keptCall(owner, callId))
    const states = statesIn(whole)
    if (states.length === 0) return whole
    await this.#learn(states)
    return keepStates(whole, (state) => this.#accepts(state, origin))
  }

  /** The client's bytes without the state that this origin would refuse, or would miss. At once where there is none. */
  ownBytes(
    body: Uint8Array,
    { states }: Dialect,
    origin: StateOrigin,
  ): Uint8Array | Promise<Uint8Array> {
    if (states === undefined || !(this.#options.isTracked || this.#dropsAll)) return body
    const found = states.find(body)
    if (found.length === 0) return body
    const keeps = (state: OpaqueState) => this.#accepts(state, origin)
    return this.#learn(found).then(() => (found.every(keeps) ? body : states.without(body, keeps)))
  }

  /** Hears of state in a forwarded answer. Absent where nobody will ask. */
  observer(origin: StateOrigin): ((state: OpaqueState) => void) | undefined {
    const { memory, owner, isTracked } = this.#options
    return isTracked ? (state) => memory.note(owner, state, origin) : undefined
  }

  /** A provider refused state whose origin nobody knows: from now on none is sent along. Returns whether some was. */
  drop(): boolean {
    const changes = !this.#dropsAll
    this.#dropsAll = true
    return changes
  }

  /**
   * Watches the parts of one answer of this origin. What belongs to a tool call is kept where the call was made: what a virtual
   * backend (an origin without a dialect) shows of it may be less.
   */
  recorder(origin: StateOrigin): PartsWatch {
    const { memory, owner, dialect, isTracked } = this.#options
    const turn =
      origin.dialect === ''
        ? undefined
        : new TurnRecorder((callId, kept) => memory.keepCall(owner, callId, kept))
    return (parts) => {
      for (const part of parts) {
        turn?.see(part)
        if (isTracked && part.type === 'tool-call-start') {
          memory.note(owner, { kind: 'call', data: part.callId }, origin)
        }
        for (const state of statesOfPart(part)) {
          // What the client's own protocol carries goes out as it is, without a label.
          if (state.origin?.dialect === dialect) memory.note(owner, state, state.origin)
        }
      }
    }
  }

  #accepts(state: OpaqueState, { dialect, scope }: StateOrigin): boolean {
    if (this.#dropsAll) return false
    const origin = state.origin ?? this.#origins?.get(keyOf(state))
    return origin === undefined || (origin.dialect === dialect && origin.scope === scope)
  }

  async #learn(states: readonly OpaqueState[]): Promise<void> {
    const { memory, owner } = this.#options
    this.#origins ??= new Map()
    const known = this.#origins
    const unknown = states.filter((state) => state.origin === undefined && !known.has(keyOf(state)))
    const origins = await Promise.all(unknown.map((state) => memory.originOf(owner, state)))
    for (const [index, state] of unknown.entries()) known.set(keyOf(state), origins[index])
  }
}

function keyOf({ data }: OpaqueState): string {
  return typeof data === 'string' ? data : JSON.stringify(data)
}

const none: readonly OpaqueState[] = []

function statesOfPart(part: StreamPart): readonly OpaqueState[] {
  switch (part.type) {
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      return part.state ?? none
    case 'file':
      return statesOf(part.file)
    case 'provider':
      return statesOf(part.part)
    default:
      return none
  }
}
