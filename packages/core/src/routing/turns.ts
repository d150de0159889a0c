import { BoundedMap } from '../bounded-map.ts'

/** Names whose turns are counted. */
const maxNames = 1_000

/** Counts calls by what they go to, so that several places can take turns. Bounded: a forgotten name begins anew. */
export class Turns {
  readonly #counts = new BoundedMap<string, number>(maxNames)

  /** The number of turns taken before. A dry run takes none. */
  next(name: string, { isDryRun }: { readonly isDryRun: boolean }): number {
    const count = this.#counts.get(name) ?? 0
    if (!isDryRun) this.#counts.set(name, (count + 1) % Number.MAX_SAFE_INTEGER)
    return count
  }
}
