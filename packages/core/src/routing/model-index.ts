import type { Clock } from '../clock.ts'
import type { Catalog } from './catalog.ts'

const nobody: readonly string[] = []

/** Which backends list a model, without asking every one of them for every call. */
export class ModelIndex {
  readonly #catalogs: ReadonlyMap<string, Catalog>
  readonly #clock: Clock
  readonly #order: (names: readonly string[]) => readonly string[]
  #names = new Map<string, readonly string[]>()
  /** What the index was made of. */
  #versions = -1
  /** Until when no list has to be renewed. */
  #fresh = Number.NEGATIVE_INFINITY

  constructor(
    catalogs: ReadonlyMap<string, Catalog>,
    options: {
      readonly clock: Clock
      /** Puts names in the order in which they are preferred. */
      readonly order: (names: readonly string[]) => readonly string[]
    },
  ) {
    this.#catalogs = catalogs
    this.#clock = options.clock
    this.#order = options.order
  }

  /** Names of the backends that list it, by what is known now. Starts the renewal of old lists in the background. */
  listing(model: string): readonly string[] {
    if (this.#clock.now() >= this.#fresh) this.#look()
    return this.#names.get(model) ?? nobody
  }

  #look(): void {
    const catalogs = [...this.#catalogs.values()]
    for (const catalog of catalogs) void catalog.refresh()
    const versions = catalogs.reduce((sum, { version }) => sum + version, 0)
    if (versions !== this.#versions) this.#build(versions)
    // A list that is being renewed is looked at again by the next call.
    this.#fresh = Math.min(...catalogs.map(({ expires }) => expires))
  }

  #build(versions: number): void {
    const names = new Map<string, string[]>()
    for (const [backend, catalog] of this.#catalogs) {
      for (const model of catalog.names) {
        const found = names.get(model)
        if (found === undefined) names.set(model, [backend])
        else found.push(backend)
      }
    }
    this.#names = new Map([...names].map(([model, found]) => [model, this.#order(found)]))
    this.#versions = versions
  }
}
