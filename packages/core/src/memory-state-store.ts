import type { Clock } from './clock.ts'
import type { StateChange, StateStore } from './state-store.ts'

interface Entry {
  readonly value: string
  readonly expires: number
}

export interface MemoryStateStoreOptions {
  readonly clock: Clock
  /** Entries that it holds at most; the ones written longest ago are given up first. Default 100,000. */
  readonly maxEntries?: number
  /** Hears of subscribers that throw; they disturb nobody else. */
  readonly onError?: (error: unknown) => void
}

/** Share of the entries that stays when there are too many, so that making room is rare. */
const keptShare = 0.9

/** A {@link StateStore} in the memory of this process; bounded by the age of its entries and by `maxEntries`. */
export function createMemoryStateStore(options: MemoryStateStoreOptions): StateStore {
  const { clock, maxEntries = 100_000, onError = () => {} } = options
  const entries = new Map<string, Entry>()
  const listeners = new Map<(change: StateChange) => void, string>()

  const read = (key: string): string | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expires > clock.now()) return entry.value
    entries.delete(key)
    return undefined
  }
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
    entries.delete(key)
    entries.set(key, { value, expires })
    if (entries.size > maxEntries) makeRoom()
    tell({ key, value })
  }
  const makeRoom = () => {
    const now = clock.now()
    for (const [key, entry] of entries) if (entry.expires <= now) entries.delete(key)
    const kept = Math.max(1, Math.floor(maxEntries * keptShare))
    for (const key of entries.keys()) {
      if (entries.size <= kept) return
      entries.delete(key)
    }
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
