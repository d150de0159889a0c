/** Parts of the window that run out one by one, and the one that is being filled. */
const slots = 11

/**
 * How often something happened in a sliding window, at least as long as asked and at most a tenth longer. Constant memory and
 * constant work, however often that is. Times are monotonic milliseconds.
 */
export class SlidingCount {
  readonly windowMs: number
  readonly #counts: number[] = new Array<number>(slots).fill(0)
  #total = 0
  /** Number of the part that is being filled, since the beginning of time. */
  #newest = 0

  constructor(windowMs: number) {
    this.windowMs = windowMs
  }

  add(now: number): void {
    this.#forget(now)
    const slot = this.#newest % slots
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
    this.#total += 1
  }

  total(now: number): number {
    this.#forget(now)
    return this.#total
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }

  #forget(now: number): void {
    const newest = Math.floor((now * (slots - 1)) / Math.max(this.windowMs, 1))
    if (newest === this.#newest) return
    if (newest - this.#newest >= slots) this.clear()
    else for (let part = this.#newest + 1; part <= newest; part += 1) this.#empty(part % slots)
    this.#newest = newest
  }

  #empty(slot: number): void {
    this.#total -= this.#counts[slot] ?? 0
    this.#counts[slot] = 0
  }
}
