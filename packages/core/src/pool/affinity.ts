/**
 * Which target a conversation used last, so that provider prompt caches stay warm. Bounded: the least recently used
 * conversation is forgotten first.
 */
export class AffinityTable {
  readonly #targets = new Map<string, string>()
  readonly #limit: number

  constructor(limit = 10_000) {
    this.#limit = limit
  }

  get(key: string): string | undefined {
    return this.#targets.get(key)
  }

  set(key: string, targetId: string): void {
    this.#targets.delete(key)
    this.#targets.set(key, targetId)
    if (this.#targets.size <= this.#limit) return
    const oldest = this.#targets.keys().next().value
    if (oldest !== undefined) this.#targets.delete(oldest)
  }
}
