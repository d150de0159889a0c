import { isBlank } from './characters.ts'

const opening = '([{'
const closing = ')]}'

/** How deep in brackets and quotes a place is that a walk through a text has come to. */
export class Nesting {
  depth = 0
  #quote = ''

  /** Whether the place is within quotes. */
  get isQuoted(): boolean {
    return this.#quote !== ''
  }

  /** Walks over the character at `at`, and over the one that a backslash makes ordinary. Returns the next place. */
  step(text: string, at: number): number {
    const character = text[at] ?? ''
    if (character === '\\') return at + 2
    if (this.isQuoted) {
      if (character === this.#quote) this.#quote = ''
    } else if (isQuote(text, at)) this.#quote = character
    else if (opening.includes(character)) this.depth += 1
    else if (closing.includes(character)) this.depth -= 1
    return at + 1
  }
}

/** A quote opens where a value may begin: an apostrophe within a word does not. */
function isQuote(text: string, at: number): boolean {
  const character = text[at]
  if (character !== '"' && character !== "'") return false
  const before = text[at - 1] ?? ''
  return before === '' || '(,='.includes(before) || isBlank(text, at - 1)
}
