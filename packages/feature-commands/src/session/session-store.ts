import { GatewayError, isJsonObject, type JsonValue, type StateStore } from '@jackfield/core'
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

  /** Rejects with what the store rejects with. */
  async read(session: string): Promise<StoredSession> {
    const record = await this.#store.get(session)
    if (record === undefined) return nothing
    const read = parse(record)
    if (read === undefined) return { state: emptyState, record }
    if (this.#now() - read.writtenAt > renewMs) {
      await this.#store.set(session, this.#record(read.state), { ttlMs })
    }
    return { state: read.state, record }
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
    const value: JsonValue = JSON.parse(record)
    if (!isJsonObject(value) || value['version'] !== version) return undefined
    const { writtenAt, state } = value
    if (typeof writtenAt !== 'number' || !isJsonObject(state ?? null)) return undefined
    // Written by `#record`, so that its shape is known.
    return { writtenAt, state: { ...emptyState, ...(state as unknown as SessionState) } }
  } catch {
    return undefined
  }
}
