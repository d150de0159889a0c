import type { JsonObject } from '@jackfield/core'

/** An item of a stream, as far as it has come. */
export interface StreamItem {
  readonly index: number
  type: string
  /** The provider's ids of it: some servers change them from event to event. */
  readonly ids: Set<string>
  /** Id of its tool-call block, once that is open. */
  call?: string
  /** Arguments that came before the call's name. */
  early: string
  /** UTF-16 code units that have been told of each of its texts. */
  readonly told: Map<string, number>
  /** Annotations that have been told of each of its texts. */
  readonly cited: Map<string, number>
  /** Form of the reasoning told last. */
  form?: 'summary' | 'raw'
  /** Whether its tool-call block has been closed. */
  ended: boolean
  /** Whether all of it has been told. */
  done: boolean
}

/**
 * The items of a stream by `output_index`, which is all that stays the same: ids change at some servers. Events without an index
 * belong to the item of their id, else to the last one.
 */
export class StreamItems {
  readonly #items = new Map<number, StreamItem>()
  readonly #byId = new Map<string, StreamItem>()
  #last = -1

  /** The item that an event is about, made if it was never announced. */
  of(event: JsonObject, type: string): StreamItem {
    const index = this.#indexOf(event)
    const known = this.#items.get(index)
    const item = known ?? {
      index,
      type,
      ids: new Set<string>(),
      early: '',
      told: new Map<string, number>(),
      cited: new Map<string, number>(),
      ended: false,
      done: false,
    }
    if (known === undefined) this.#items.set(index, item)
    this.#last = index
    const id = event['item_id']
    if (typeof id === 'string') this.name(item, id)
    return item
  }

  /** Notes an id of an item. */
  name(item: StreamItem, id: string): void {
    item.ids.add(id)
    if (!this.#byId.has(id)) this.#byId.set(id, item)
  }

  get all(): readonly StreamItem[] {
    return [...this.#items.values()].toSorted((one, other) => one.index - other.index)
  }

  /** The item that stands at a place of the finished output, by its id, else by its place and type. */
  find(item: JsonObject, place: number): StreamItem | undefined {
    const { id, type } = item
    const same = typeof id === 'string' ? this.#byId.get(id) : undefined
    const there = this.#items.get(place)
    return same ?? (there?.type === type ? there : undefined)
  }

  #indexOf(event: JsonObject): number {
    const { output_index: index, item_id: id } = event
    if (typeof index === 'number') return index
    const known = typeof id === 'string' ? this.#byId.get(id) : undefined
    return known?.index ?? Math.max(this.#last, 0)
  }
}
