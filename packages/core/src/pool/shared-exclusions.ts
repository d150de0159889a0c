import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { StateChange, StateStore } from '../state-store.ts'
import type { Exclusion } from './exclusion.ts'

/** An exclusion that began, or, without `exclusion`, ended. The empty model is for all models. */
export interface ExclusionChange {
  readonly targetId: string
  readonly model: string
  readonly exclusion?: Exclusion
}

/** How pools tell those of other replicas what they learn of targets. Nothing here throws or rejects. */
export interface ExclusionSharing {
  /** Tells the others. */
  tell(change: ExclusionChange): void
  /** Hears what others tell from now on. Returns the end. */
  follow(listener: (change: ExclusionChange) => void): () => void
  /** Looks up what was told of a whole target before. */
  recall(targetId: string, listener: (change: ExclusionChange) => void): void
}

/** Keys of exclusions in the store. */
const prefix = 'target/'

/** Milliseconds for which the news that a target works again is kept: longer than any replica needs to hear it. */
const healedMs = 60_000

/** What the store holds. `writer`: which replica says so, since a replica hears its own writes too. */
interface SharedRecord extends ExclusionChange {
  readonly writer: string
}

/**
 * Exclusions of all replicas in a {@link StateStore}: written through when this one learns something, told to its pools
 * when another one does. Every replica decides from its own view; without the store each is alone, and nothing fails.
 */
export class SharedExclusions implements ExclusionSharing {
  readonly #store: StateStore
  readonly #clock: Clock
  readonly #writer: string
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Set<(change: ExclusionChange) => void>()
  /** Keys that are being written, with the change that is to be written next: one at a time, and only the last. */
  readonly #writing = new Map<string, ExclusionChange | undefined>()
  #unsubscribe: (() => void) | undefined

  constructor(options: {
    readonly store: StateStore
    readonly clock: Clock
    /** Unique among the replicas. */
    readonly writer: string
    readonly onError: (error: unknown) => void
  }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#writer = options.writer
    this.#onError = options.onError
    this.#attempt(() => {
      this.#unsubscribe = this.#store.subscribe(prefix, (change) => this.#heard(change))
    })
  }

  tell(change: ExclusionChange): void {
    const key = keyOf(change)
    if (this.#writing.has(key)) this.#writing.set(key, change)
    else void this.#write(key, change)
  }

  follow(listener: (change: ExclusionChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  recall(targetId: string, listener: (change: ExclusionChange) => void): void {
    void this.#recall(targetId, listener)
  }

  close(): void {
    this.#listeners.clear()
    this.#attempt(() => this.#unsubscribe?.())
  }

  async #write(key: string, change: ExclusionChange): Promise<void> {
    for (let next: ExclusionChange | undefined = change; next !== undefined; ) {
      this.#writing.set(key, undefined)
      await this.#set(key, next)
      next = this.#writing.get(key)
    }
    this.#writing.delete(key)
  }

  async #set(key: string, change: ExclusionChange): Promise<void> {
    const ttlMs = this.#ageOf(change)
    if (ttlMs <= 0) return
    const record: SharedRecord = { ...change, writer: this.#writer }
    try {
      await this.#store.set(key, JSON.stringify(record), { ttlMs })
    } catch (error) {
      this.#onError(error)
    }
  }

  async #recall(targetId: string, listener: (change: ExclusionChange) => void): Promise<void> {
    try {
      const value = await this.#store.get(keyOf({ targetId, model: '' }))
      const record = value === undefined ? undefined : parse(value)
      if (record?.exclusion !== undefined && this.#ageOf(record) > 0) listener(record)
    } catch (error) {
      this.#onError(error)
    }
  }

  #heard({ value }: StateChange): void {
    const record = value === undefined ? undefined : parse(value)
    if (record === undefined || record.writer === this.#writer || this.#ageOf(record) <= 0) return
    for (const listener of this.#listeners) this.#attempt(() => listener(record))
  }

  /** Milliseconds for which a change matters. */
  #ageOf({ exclusion }: ExclusionChange): number {
    return exclusion === undefined ? healedMs : exclusion.until - this.#clock.now()
  }

  #attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** Models come from clients: their hash keeps keys short. */
function keyOf({ targetId, model }: ExclusionChange): string {
  const suffix =
    model === '' ? '' : createHash('sha256').update(model).digest('base64url').slice(0, 22)
  return `${prefix}${targetId}/${suffix}`
}

function parse(value: string): SharedRecord | undefined {
  try {
    const record: unknown = JSON.parse(value)
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is SharedRecord {
  if (typeof value !== 'object' || value === null) return false
  const { writer, targetId, model, exclusion } = value as Partial<SharedRecord>
  if ([writer, targetId, model].some((text) => typeof text !== 'string')) return false
  return exclusion === undefined || isExclusion(exclusion)
}

function isExclusion(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kind, until, reason } = value as Partial<Exclusion>
  const isKind = kind === 'hard' || kind === 'soft'
  return isKind && typeof until === 'number' && typeof reason === 'string'
}
