import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { StateChange, StateStore } from '../state-store.ts'
import type { Exclusion } from './exclusion.ts'

/** One exclusion that began, or, without `exclusion`, ended. The empty model is for all models. */
export interface ExclusionChange {
  readonly targetId: string
  readonly model: string
  readonly exclusion?: Exclusion
}

/** How pools of several replicas tell each other what they exclude. Nothing here throws or rejects. */
export interface ExclusionExchange {
  /** Tells the others. */
  publish(change: ExclusionChange): void
  /** Hears what others decide from now on. Returns the end. */
  subscribe(listener: (change: ExclusionChange) => void): () => void
  /** Looks up what others decided earlier about a whole target. */
  recall(targetId: string, listener: (change: ExclusionChange) => void): void
}

const prefix = 'exclusions/'

/** Longest key that a store takes, in bytes. Exclusions of models with longer names stay here. */
const maxKeyBytes = 512

/** Milliseconds that the store remembers an exclusion without an end, should the replica that probes disappear. */
const endlessMs = 24 * 3_600_000

/**
 * Exclusions in a {@link StateStore}. The pool decides on its own view at once; writing through is best effort, in
 * order per key, and a store that fails is logged.
 */
export class SharedExclusions implements ExclusionExchange {
  readonly #store: StateStore
  readonly #clock: Clock
  readonly #log: Logger
  /** Tells our own changes from those of others. */
  readonly #writer = randomUUID()
  readonly #waiting = new Map<string, ExclusionChange>()
  readonly #writing = new Set<string>()
  #published = 0

  constructor(options: {
    readonly store: StateStore
    readonly clock: Clock
    readonly log: Logger
  }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#log = options.log
  }

  publish(change: ExclusionChange): void {
    const key = keyOf(change)
    if (Buffer.byteLength(key) > maxKeyBytes) return
    this.#published += 1
    this.#waiting.set(key, change)
    if (!this.#writing.has(key)) void this.#drain(key)
  }

  subscribe(listener: (change: ExclusionChange) => void): () => void {
    let open = true
    const tell = (change: ExclusionChange) => {
      if (open) listener(change)
    }
    const stop = this.#guard(() =>
      this.#store.subscribe(prefix, (change) => void this.#heard(change, tell)),
    )
    return () => {
      open = false
      this.#guard(() => stop?.())
    }
  }

  recall(targetId: string, listener: (change: ExclusionChange) => void): void {
    void this.#recall(targetId, listener)
  }

  async #recall(targetId: string, listener: (change: ExclusionChange) => void): Promise<void> {
    const value = await this.#read(keyOf({ targetId, model: '' }))
    const exclusion = value === undefined ? undefined : this.#foreign(value)
    if (exclusion !== undefined) listener({ targetId, model: '', exclusion })
  }

  /** Writes the last change of a key, and again while there are newer ones: never two at a time. */
  async #drain(key: string): Promise<void> {
    this.#writing.add(key)
    for (;;) {
      const change = this.#waiting.get(key)
      if (change === undefined) break
      this.#waiting.delete(key)
      await this.#write(key, change)
    }
    this.#writing.delete(key)
  }

  async #write(key: string, { exclusion }: ExclusionChange): Promise<void> {
    try {
      if (exclusion === undefined) {
        await this.#store.delete(key)
        return
      }
      const left = exclusion.until - this.#clock.now()
      const ttlMs = Number.isFinite(left) ? Math.max(1, Math.ceil(left)) : endlessMs
      await this.#store.set(key, JSON.stringify({ writer: this.#writer, ...exclusion }), { ttlMs })
    } catch (error) {
      this.#log.warn({ key, err: error }, 'exclusion could not be shared')
    }
  }

  async #heard(
    { key, value }: StateChange,
    tell: (change: ExclusionChange) => void,
  ): Promise<void> {
    const place = placeOf(key)
    if (place === undefined) return
    if (value !== undefined) {
      const exclusion = this.#foreign(value)
      if (exclusion !== undefined) tell({ ...place, exclusion })
    } else if (await this.#isGone(key)) tell(place)
  }

  /** A deletion does not say who made it, and may be older than what we wrote since: only the store can tell. */
  async #isGone(key: string): Promise<boolean> {
    for (;;) {
      if (this.#writing.has(key)) return false
      const published = this.#published
      const value = await this.#read(key, 'unreadable')
      if (published === this.#published) return value === undefined
    }
  }

  async #read(key: string, otherwise?: string): Promise<string | undefined> {
    try {
      return await this.#store.get(key)
    } catch (error) {
      this.#log.warn({ key, err: error }, 'shared exclusion could not be read')
      return otherwise
    }
  }

  /** What another replica wrote, if it still holds. */
  #foreign(value: string): Exclusion | undefined {
    const parsed = this.#guard((): unknown => JSON.parse(value))
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const { writer, kind, until, reason, rejected } = parsed as Record<string, unknown>
    if (writer === this.#writer || typeof reason !== 'string') return undefined
    if (kind !== 'hard' && kind !== 'soft') return undefined
    // JSON has no infinity: `null` stands for an exclusion without an end.
    const end = until === null ? Number.POSITIVE_INFINITY : until
    if (typeof end !== 'number' || end <= this.#clock.now()) return undefined
    return { kind, until: end, reason, ...(rejected === true ? { rejected } : {}) }
  }

  #guard<Result>(act: () => Result): Result | undefined {
    try {
      return act()
    } catch (error) {
      this.#log.warn({ err: error }, 'shared exclusions failed')
      return undefined
    }
  }
}

function keyOf({ targetId, model }: ExclusionChange): string {
  return `${prefix}${encodeURIComponent(targetId.toWellFormed())}/${encodeURIComponent(model.toWellFormed())}`
}

function placeOf(key: string): { readonly targetId: string; readonly model: string } | undefined {
  const [id, model, ...rest] = key.slice(prefix.length).split('/')
  if (id === undefined || model === undefined || rest.length > 0) return undefined
  try {
    return { targetId: decodeURIComponent(id), model: decodeURIComponent(model) }
  } catch {
    // Not a key of ours.
    return undefined
  }
}
