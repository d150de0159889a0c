import { createHash } from 'node:crypto'
import type { JsonObject } from '../json-value.ts'
import type { StateStore } from '../state-store.ts'
import type { Identity } from './identity.ts'

/** Milliseconds that an answer can be named: as long as providers keep theirs. */
const pinnedMs = 30 * 24 * 3_600_000

/** Milliseconds that an answer is kept here. */
const keptMs = 7 * 24 * 3_600_000

/** Characters of one kept answer with everything that it continues; what is larger is not kept. */
const maxRecord = 4 * 1024 * 1024

/** The place that holds an answer. */
export interface Pin {
  readonly backend: string
  /** Id of the target. */
  readonly target: string
}

/** An answer that is held by the provider that made it. */
export interface PinnedAnswer {
  readonly pin: Pin
  readonly identity: Identity
}

/** An answer that is kept here. */
export interface KeptAnswer {
  readonly record: JsonObject
  readonly identity: Identity
}

/** An answer that the gateway gave itself, and the one that it stands for in what follows. */
export interface KeptReply extends KeptAnswer {
  /** Id of the answer that the call continued; absent: the call began a conversation. */
  readonly continues?: string
}

/** An answer that a client may name: held by the provider that made it, kept here, or made here without any model. */
export type StoredAnswer =
  | ({ readonly where: 'provider' } & Found<PinnedAnswer>)
  | ({ readonly where: 'here' } & Found<KeptAnswer>)
  | ({ readonly where: 'reply' } & Found<KeptReply>)

/** `identity` is that of the call that made the answer, for those that continue it. What was stored before there was one has none. */
type Found<Stored extends { readonly identity: Identity }> = Omit<Stored, 'identity'> &
  Partial<Pick<Stored, 'identity'>>

/**
 * Which answers there are that a principal may name, and where they are. What another principal stored does not exist.
 * Bounded by the store: what it gave up is unknown from then on.
 */
export class StoredAnswers {
  readonly #store: StateStore
  readonly #onError: (error: unknown) => void

  constructor(store: StateStore, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
  }

  /** The answer is with its provider. */
  pin(owner: string, id: string, pinned: PinnedAnswer): void {
    this.#set(owner, id, { answer: { where: 'provider', ...pinned }, ttlMs: pinnedMs })
  }

  /** The answer is kept here. */
  keep(owner: string, id: string, kept: KeptAnswer): void {
    this.#set(owner, id, { answer: { where: 'here', ...kept }, ttlMs: keptMs })
  }

  /** The answer was made here, and no model knows of it. */
  keepReply(owner: string, id: string, reply: KeptReply): void {
    this.#set(owner, id, { answer: { where: 'reply', ...reply }, ttlMs: keptMs })
  }

  /** Rejects with what the store rejects with: to guess would be to mix up answers. */
  async find(owner: string, id: string): Promise<StoredAnswer | undefined> {
    const value = await this.#store.get(keyOf(owner, id))
    // Written by `#set`, so that its shape is known.
    return value === undefined ? undefined : (JSON.parse(value) as StoredAnswer)
  }

  forget(owner: string, id: string): void {
    this.#store.delete(keyOf(owner, id)).catch(this.#onError)
  }

  #set(
    owner: string,
    id: string,
    { answer, ttlMs }: { readonly answer: StoredAnswer; readonly ttlMs: number },
  ): void {
    const value = JSON.stringify(answer)
    if (value.length > maxRecord) return
    this.#store.set(keyOf(owner, id), value, { ttlMs }).catch(this.#onError)
  }
}

function keyOf(owner: string, id: string): string {
  const hash = createHash('sha256').update(`${owner.length}:${owner}`).update(id)
  return `answer:${hash.digest('base64url').slice(0, 27)}`
}
