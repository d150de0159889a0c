import { GatewayError, type StateStore } from '@jackfield/core'
import { emptyState, type SessionState } from './session-state.ts'

/** Raised when the form of a record changes: older ones are ignored then. */
const version = 1

/** Milliseconds for which a session is remembered after its last request. */
const ttlMs = 7 * 24 * 3_600_000

/** A record that is only read is written again after this time, so that a session in use is not forgotten. */
const renewMs = 24 * 3_600_000

/** Changes that may collide before one gives up. */
const maxCollisions = 5

/** A session as it is stored. */
export interface StoredSession {
  readonly state: SessionState
  /** The record that the state was read from; absent: there is none. */
  readonly record: string | undefined
  /** Unix milliseconds of the record; absent where none could be read. */
  readonly writtenAt?: number
}

const nothing: StoredSession = { state: emptyState, record: undefined }

/** What commands have set, by session. Bounded by age here, and by number and size where the store keeps it. */
export class SessionStore {
  readonly #store: StateStore
  readonly #now: () => number

  constructor(store: StateStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Changes nothing. Rejects with what the store rejects with. */
  async read(session: string): Promise<StoredSession> {
    const record = await this.#store.get(session)
    if (record === undefined) return nothing
    return { record, ...(parse(record) ?? { state: emptyState }) }
  }

  /** Sees to it that a session which is in use is not forgotten. Rejects with what the store rejects with. */
  async renew(session: string, { state, record, writtenAt }: StoredSession): Promise<void> {
    if (writtenAt === undefined || this.#now() - writtenAt <= renewMs) return
    // Who changes it at the same time renews it too.
    await this.#store.compareAndSet(session, record, this.#record(state), { ttlMs })
  }

  /**
   * Changes the state, again and again where somebody else changes it at the same time. `change` returns the same object where nothing
   * is to be changed. Resolves to the new state. Rejects with what the store rejects with.
   */
  async update(
    session: string,
    change: (state: SessionState) => SessionState | Promise<SessionState>,
  ): Promise<SessionState> {
    for (let collision = 0; collision < maxCollisions; collision += 1) {
      const { state, record } = await this.read(session)
      const changed = await change(state)
      if (changed === state) return state
      const next = this.#record(changed)
      if (await this.#store.compareAndSet(session, record, next, { ttlMs })) return changed
    }
    throw new GatewayError(
      'no_available_target',
      'Other requests change this session at the same time. Try again in a moment.',
    )
  }

  #record(state: SessionState): string {
    return JSON.stringify({ version, writtenAt: this.#now(), state })
  }
}

interface Read {
  readonly writtenAt: number
  readonly state: SessionState
}

/** A record of this version. What somebody else wrote, and what is broken, counts as none. */
function parse(record: string): Read | undefined {
  try {
    const value: unknown = JSON.parse(record)
    if (!isObject(value) || value['version'] !== version) return undefined
    const { writtenAt, state } = value
    return typeof writtenAt === 'number' && isState(state) ? { writtenAt, state } : undefined
  } catch {
    return undefined
  }
}

/** Written by `#record`: of what is not looked at the shape is known. */
function isState(value: unknown): value is SessionState {
  if (!isObject(value)) return false
  const { parameters, routes, prefixes } = value
  return isObject(parameters) && isObject(routes) && Array.isArray(prefixes)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
