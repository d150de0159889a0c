import { BoundedMap } from '../bounded-map.ts'

/**
 * Which target a conversation used last, so that provider prompt caches stay warm. Bounded: the least recently used
 * conversation is forgotten first.
 */
export class AffinityTable {
  readonly #targets: BoundedMap<string, string>

  constructor(limit = 10_000) {
    this.#targets = new BoundedMap(limit)
  }

  get(key: string): string | undefined {
    return this.#targets.get(key)
  }

  set(key: string, targetId: string): void {
    this.#targets.set(key, targetId)
  }

  /** The target failed the conversation: it goes wherever the strategy sends it. */
  leave(key: string, targetId: string): void {
    if (this.#targets.get(key) === targetId) this.#targets.delete(key)
  }
}
