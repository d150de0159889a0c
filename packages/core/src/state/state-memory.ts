import { hash } from 'node:crypto'
import type { OpaqueState, StateOrigin } from '../chat/opaque-state.ts'
import type { StateStore } from '../state-store.ts'
import type { KeptReasoning } from './place-reasoning.ts'

/** Milliseconds that a conversation may rest before its state is forgotten. */
const ttlMs = 7 * 24 * 3_600_000

/** Characters of one record; what is larger is not kept. */
const maxRecord = 512 * 1024

/** What belongs to one tool call: the reasoning before it, and the state on the call itself. */
export interface KeptCall {
  readonly before: readonly KeptReasoning[]
  readonly state: readonly OpaqueState[]
}

/**
 * What the gateway remembers of opaque state: who made it, because providers' answers carry no such label; and what
 * belongs to a tool call, for clients whose protocol has no place for it. Scoped by the principal, bounded by the store.
 */
export class StateMemory {
  readonly #store: StateStore
  readonly #onError: (error: unknown) => void

  constructor(store: StateStore, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
  }

  /** Remembers who made a piece of state. */
  note(owner: string, state: OpaqueState, { dialect, scope }: StateOrigin): void {
    this.#set(originKey(owner, state), `${dialect} ${scope}`)
  }

  /** Who made a piece of state, if that is known. */
  async originOf(owner: string, state: OpaqueState): Promise<StateOrigin | undefined> {
    const value = await this.#get(originKey(owner, state))
    const space = value?.indexOf(' ') ?? -1
    if (value === undefined || space === -1) return undefined
    return { dialect: value.slice(0, space), scope: value.slice(space + 1) }
  }

  keepCall(owner: string, callId: string, kept: KeptCall): void {
    const value = JSON.stringify(kept)
    if (value.length <= maxRecord) this.#set(callKey(owner, callId), value)
  }

  async keptCall(owner: string, callId: string): Promise<KeptCall | undefined> {
    const value = await this.#get(callKey(owner, callId))
    // Written by `keepCall`, so that its shape is known.
    return value === undefined ? undefined : (JSON.parse(value) as KeptCall)
  }

  /** A store that fails costs the memory, not the call. */
  #set(key: string, value: string): void {
    this.#store.set(key, value, { ttlMs }).catch(this.#onError)
  }

  async #get(key: string): Promise<string | undefined> {
    try {
      return await this.#store.get(key)
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }
}

function originKey(owner: string, { kind, data }: OpaqueState): string {
  const what = kind === 'call' ? 'made' : 'origin'
  return `${what}:${digest(owner, typeof data === 'string' ? data : JSON.stringify(data))}`
}

function callKey(owner: string, callId: string): string {
  return `call:${digest(owner, callId)}`
}

function digest(owner: string, text: string): string {
  return hash('sha256', `${owner.length}:${owner}${text}`, 'base64url').slice(0, 27)
}
