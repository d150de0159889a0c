import { isSecret } from '@jackfield/core'
import type { LoadedConfig } from '../config/load.ts'
import type { ConfigNode } from '../config/node.ts'

/** Configurations whose secrets are remembered: the one in effect, and the one that open calls may still use. */
const remembered = 2

/** What is shorter protects nothing, and would take letters out of words. */
const shortest = 6

/**
 * The keys of the configuration, to be taken out of texts that others wrote: what a backend's code throws may quote the
 * header that it could not send.
 */
export class KnownSecrets {
  #generations: readonly (readonly string[])[] = []

  remember({ effective }: Pick<LoadedConfig, 'effective'>): void {
    // Longest first: a key may be the beginning of another.
    const texts = secretsIn(effective)
      .filter((text) => text.length >= shortest)
      .toSorted((one, other) => other.length - one.length)
    this.#generations = [texts, ...this.#generations].slice(0, remembered)
  }

  /** The text with every known secret replaced. */
  redact(text: string): string {
    let safe = text
    for (const secret of this.#generations.flat()) safe = safe.replaceAll(secret, '[redacted]')
    return safe
  }
}

function secretsIn(node: ConfigNode): readonly string[] {
  switch (node.kind) {
    case 'scalar':
      return isSecret(node.value) ? [node.value.reveal()] : []
    case 'list':
      return node.items.flatMap(secretsIn)
    case 'map':
      return [...node.entries.values()].flatMap(({ value }) => secretsIn(value))
  }
}
