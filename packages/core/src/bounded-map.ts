/** An entry, and how many entries had been placed when it was. */
interface Placed<Value> {
  value: Value
  at: number
}

/**
 * A map of at most `limit` entries: setting one more forgets some of those that were set longest ago.
 *
 * Entries move rarely and are forgotten several at a time, because a `Map` keeps the places of deleted entries for a while and walks
 * over them: to move an entry with every `set`, or to forget one for each that is added, costs in proportion to the limit.
 */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Placed<Value>>()
  readonly #limit: number
  readonly #kept: number
  #placed = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#kept = limit - Math.floor(limit / 8)
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: Key, value: Value): void {
    const present = this.#entries.get(key)
    if (present !== undefined) {
      present.value = value
      // What is among the newer half stays where it is.
      if (this.#placed - present.at < this.#entries.size >> 1) return
      this.#entries.delete(key)
    }
    this.#placed += 1
    this.#entries.set(key, { value, at: this.#placed })
    if (this.#entries.size > this.#limit) this.#forgetOldest()
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key)
  }

  *[Symbol.iterator](): Generator<[Key, Value], void, undefined> {
    for (const [key, { value }] of this.#entries) yield [key, value]
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#kept) return
      this.#entries.delete(key)
    }
  }
}
