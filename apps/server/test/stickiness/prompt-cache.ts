import { createHash } from 'node:crypto'

/** What a provider's prompt cache did for the requests so far, in characters of prompts. */
export interface CacheUse {
  /** That a cache could have known: all but the newest message of each. */
  readonly known: number
  /** That were known. */
  readonly hit: number
}

/** The prompt cache of a provider that keeps one for each key, as all of them do: whole messages from the front. */
export class PromptCache {
  readonly #prefixes = new Map<string, Set<string>>()
  #known = 0
  #hit = 0

  get use(): CacheUse {
    return { known: this.#known, hit: this.#hit }
  }

  /** A request with a key. */
  see(key: string, messages: readonly unknown[]): void {
    const prefixes = this.#prefixes.get(key) ?? new Set()
    this.#prefixes.set(key, prefixes)
    const hash = createHash('sha256')
    let length = 0
    let hit = 0
    for (const [at, message] of messages.entries()) {
      const text = JSON.stringify(message)
      if (at < messages.length - 1) this.#known += text.length
      length += text.length
      const prefix = hash.update(text).copy().digest('hex')
      if (prefixes.has(prefix)) hit = length
      prefixes.add(prefix)
    }
    this.#hit += hit
  }
}

/** Share of what could be known that was. */
export function hitRate({ known, hit }: CacheUse): number {
  return known === 0 ? 1 : hit / known
}
