import type { Clock } from './clock.ts'
import type { StateChange, StateStore } from './state-store.ts'

interface Entry {
  value: string
  expires: number
  /** How many entries had been placed when it was. */
  placed: number
}

export interface MemoryStateStoreOptions {
  readonly clock: Clock
  /** Entries that it holds at most; the ones written longest ago are given up first. Default 100,000. */
  readonly maxEntries?: number
  /** Characters of all values together; room is made in the same way. Default 64 Mi. */
  readonly maxCharacters?: number
  /** Hears of subscribers that throw; they disturb nobody else. */
  readonly onError?: (error: unknown) => void
}

/** Share that stays when there is too much, so that making room is rare. */
const keptShare = 0.9

/**
 * Entries by their keys, roughly in the order in which they were written, bounded by number and size. One that is written again moves
 * behind the others only when it has come among the older half: a `Map` walks over the places that moved entries have left.
 */
class Entries {
  readonly #clock: Clock
  readonly #maxEntries: number
  readonly #maxCharacters: number
  readonly #entries = new Map<string, Entry>()
  #characters = 0
  #placed = 0

  constructor({
    clock,
    maxEntries = 100_000,
    maxCharacters = 64 * 1024 * 1024,
  }: MemoryStateStoreOptions) {
    this.#clock = clock
    this.#maxEntries = maxEntries
    this.#maxCharacters = maxCharacters
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.expires > this.#clock.now()) return entry
    this.delete(key)
    return undefined
  }

  set(key: string, value: string, expires: number): void {
    const present = this.#entries.get(key)
    const isRecent =
      present !== undefined && this.#placed - present.placed < this.#entries.size >> 1
    if (isRecent) {
      this.#characters += value.length - present.value.length
      present.value = value
      present.expires = expires
    }
    // What is too large now must be the newest before room is made.
    if (!isRecent || this.#isOver(1)) this.#place(key, value, expires)
    if (this.#isOver(1)) this.#makeRoom()
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#characters -= entry.value.length
    return this.#entries.delete(key)
  }

  #place(key: string, value: string, expires: number): void {
    this.delete(key)
    this.#placed += 1
    this.#entries.set(key, { value, expires, placed: this.#placed })
    this.#characters += value.length
  }

  #isOver(share: number): boolean {
    const { size } = this.#entries
    if (size <= 1) return false
    return size > this.#maxEntries * share || this.#characters > this.#maxCharacters * share
  }

  #makeRoom(): void {
    const now = this.#clock.now()
    for (const [key, entry] of this.#entries) if (entry.expires <= now) this.delete(key)
    for (const key of this.#entries.keys()) {
      if (!this.#isOver(keptShare)) return
      this.delete(key)
    }
  }
}

/** A {@link StateStore} in the memory of this process; bounded by the age of its entries, their number and their size. */
export function createMemoryStateStore(options: MemoryStateStoreOptions): StateStore {
  const { clock, onError = () => {} } = options
  const entries = new Entries(options)
  const listeners = new Map<(change: StateChange) => void, string>()

  const read = (key: string): string | undefined => entries.get(key)?.value
  const tell = (change: StateChange) => {
    for (const [listener, prefix] of listeners) {
      if (!change.key.startsWith(prefix)) continue
      try {
        listener(change)
      } catch (error) {
        onError(error)
      }
    }
  }
  const write = (key: string, value: string, expires: number) => {
    entries.set(key, value, expires)
    tell({ key, value })
  }

  return {
    get: async (key) => read(key),
    set: async (key, value, { ttlMs }) => write(key, value, clock.now() + ttlMs),
    async setIfAbsent(key, value, { ttlMs }) {
      if (read(key) !== undefined) return false
      write(key, value, clock.now() + ttlMs)
      return true
    },
    async compareAndSet(key, expected, value, { ttlMs }) {
      if (read(key) !== expected) return false
      write(key, value, clock.now() + ttlMs)
      return true
    },
    async increment(key, by, { ttlMs }) {
      const present = read(key)
      const expires = entries.get(key)?.expires ?? clock.now() + ttlMs
      const sum = Number(present ?? 0) + by
      write(key, String(sum), expires)
      return sum
    },
    async delete(key) {
      if (entries.delete(key)) tell({ key })
    },
    subscribe(prefix, listener) {
      const own = (change: StateChange) => listener(change)
      listeners.set(own, prefix)
      return () => listeners.delete(own)
    },
  }
}

/** The part of a store whose keys start with `prefix`; keys inside do not show it. */
export function scopeStateStore(store: StateStore, prefix: string): StateStore {
  const key = (name: string) => prefix + name
  return {
    get: (name) => store.get(key(name)),
    set: (name, value, age) => store.set(key(name), value, age),
    setIfAbsent: (name, value, age) => store.setIfAbsent(key(name), value, age),
    compareAndSet: (name, expected, value, age) =>
      store.compareAndSet(key(name), expected, value, age),
    increment: (name, by, age) => store.increment(key(name), by, age),
    delete: (name) => store.delete(key(name)),
    subscribe: (start, listener) =>
      store.subscribe(key(start), (change) =>
        listener({ ...change, key: change.key.slice(prefix.length) }),
      ),
  }
}
