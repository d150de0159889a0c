import { createHash } from 'node:crypto'

const brand: unique symbol = Symbol.for('jackfield.secret')
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')
const redacted = '[redacted]'

/**
 * A key, token or password that cannot be printed by accident: converting it to a string, to JSON or to the output of
 * `console` and `util.inspect` gives `[redacted]`. Only `reveal()` gives the text.
 */
export class Secret {
  readonly #text: string

  /** Throws a `TypeError` when the text is empty: an empty secret protects nothing. */
  constructor(text: string) {
    if (text === '') throw new TypeError('A secret must not be empty')
    this.#text = text
  }

  get [brand](): true {
    return true
  }

  /** The text itself. Call it where the text is sent or compared, and keep no copy. */
  reveal(): string {
    return this.#text
  }

  /**
   * Twelve hexadecimal digits that stay the same for the same text, in every process. They serve as `Target.id`, so that
   * the state of a key survives a reload, and cannot be turned back into a key of usual length.
   */
  fingerprint(): string {
    // The prefix keeps these hashes from matching a plain SHA-256 of the same key that somebody else published.
    return createHash('sha256').update(`jackfield.secret:${this.#text}`).digest('hex').slice(0, 12)
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect](): string {
    return redacted
  }
}

/** A secret with the name under which people know it, such as the variable that it came from. The name may be printed. */
export interface NamedSecret {
  readonly name: string
  readonly value: Secret
}

/** Recognises secrets by their brand, so that two installed copies of this package know each other's. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && brand in value
}
