/**
 * Things that come and go with every call. A `Set` or `Map` would do, but both replace their table every few additions,
 * and a replaced table that has grown old keeps its successors, and through them whole calls, until the next full
 * garbage collection: that was half of the CPU of a small call. A slot that is left refers to nothing.
 */
export class Slots<Item extends object> {
  readonly #items: (Item | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#items.length - this.#free.length
  }

  /** Adds an item; the number that is returned removes it. */
  add(item: Item): number {
    const slot = this.#free.pop() ?? this.#items.length
    this.#items[slot] = item
    return slot
  }

  /** Call once per `add`: the number belongs to another item afterwards. */
  remove(slot: number): void {
    this.#items[slot] = undefined
    this.#free.push(slot)
  }

  /** What is in at this moment. */
  all(): Item[] {
    return this.#items.filter((item) => item !== undefined)
  }
}
