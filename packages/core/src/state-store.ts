/**
 * State that replicas of the gateway share: cooldowns, disabled targets, sessions, response owners, refresh leases.
 * One process keeps it in memory; other stores implement the same promises over a network. Keys are opaque strings
 * of at most 512 bytes; values are strings. Every entry has an age, so that nothing grows for ever.
 */
export interface StateStore {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, options: StateAge): Promise<void>
  /** Sets only where nothing is set: a lease. Resolves to whether this call set it. */
  setIfAbsent(key: string, value: string, options: StateAge): Promise<boolean>
  /** Sets only where the present value is `expected` (`undefined`: absent). Resolves to whether it did. */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    options: StateAge,
  ): Promise<boolean>
  /** Adds to a counter that starts at 0 and returns the sum. The age runs from its first increment. */
  increment(key: string, by: number, options: StateAge): Promise<number>
  delete(key: string): Promise<void>
  /** Tells changes of keys that start with `prefix`, made by any replica. Returns the end of the subscription. */
  subscribe(prefix: string, listener: (change: StateChange) => void): () => void
}

export interface StateAge {
  /** Milliseconds until the entry disappears. */
  readonly ttlMs: number
}

export interface StateChange {
  readonly key: string
  /** Absent: deleted. Expiry is not told. */
  readonly value?: string
}
