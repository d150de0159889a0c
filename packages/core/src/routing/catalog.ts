import type { Model } from '../backend.ts'
import type { Clock } from '../clock.ts'

/** How long a list of models is believed, in milliseconds. */
const age = { good: 600_000, failed: 30_000 } as const

interface Listing {
  readonly models: readonly Model[]
  /** Every id and alias, for look-ups. */
  readonly names: ReadonlySet<string>
}

const emptyListing: Listing = { models: [], names: new Set() }

/**
 * The models of one backend: asked for when somebody needs them, kept for a while, and kept longer while the backend
 * does not answer.
 */
export class Catalog {
  readonly #load: () => Promise<readonly Model[]>
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  #listing = emptyListing
  #expires = Number.NEGATIVE_INFINITY
  #loading: Promise<void> | undefined
  #loaded = false
  /** Rises with every list that was taken over. */
  version = 0

  constructor(options: {
    readonly load: () => Promise<readonly Model[]>
    readonly clock: Clock
    readonly onError: (error: unknown) => void
  }) {
    this.#load = options.load
    this.#clock = options.clock
    this.#onError = options.onError
  }

  /** Whether the list is known, possibly from earlier. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** Until when the list is believed, by the clock's `now()`. */
  get expires(): number {
    return this.#expires
  }

  /** Every id and alias that is known now. */
  get names(): ReadonlySet<string> {
    return this.#listing.names
  }

  /** What is known now; starts a renewal in the background when it is old. */
  get models(): readonly Model[] {
    if (this.#isOld()) void this.refresh()
    return this.#listing.models
  }

  lists(model: string): boolean {
    if (this.#isOld()) void this.refresh()
    return this.#listing.names.has(model)
  }

  /** Renews the list if it is old. Resolves when it has been tried; never rejects. */
  refresh(): Promise<void> {
    if (!this.#isOld()) return Promise.resolve()
    this.#loading ??= this.#renew().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  #isOld(): boolean {
    return this.#clock.now() >= this.#expires
  }

  async #renew(): Promise<void> {
    try {
      const models = checkModels(await this.#load())
      const names = models.flatMap((model) => [model.id, ...(model.aliases ?? [])])
      this.#listing = { models, names: new Set(names) }
      this.version += 1
      this.#expires = this.#clock.now() + age.good
    } catch (error) {
      this.#expires = this.#clock.now() + age.failed
      this.#onError(error)
    }
    this.#loaded = true
  }
}

/** Throws for a list that is none: what a backend lists is shown to clients and looked up for every call. */
function checkModels(models: readonly Model[]): readonly Model[] {
  const isModel = (model: Model | undefined) => typeof model?.id === 'string' && model.id !== ''
  if (Array.isArray(models) && models.every(isModel)) return models
  throw new TypeError('What models() resolved to is not a list of models with ids.')
}
