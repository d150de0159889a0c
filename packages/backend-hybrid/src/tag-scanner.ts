/** A piece of a text: words, or a tag with which models set their thinking apart. `raw` is the text itself, the tag included. */
export type Token =
  | { readonly type: 'text'; readonly raw: string }
  | { readonly type: 'open' | 'close'; readonly name: string; readonly raw: string }

/** Longest tag that is looked for: a name with some attributes. */
const longestTag = 80

const tag = /<(\/?)(thinking|think|reasoning|reason)(?:\s[^<>]{0,64})?>/iy

/** The beginning of a tag that more text may complete. */
const tagBeginning =
  /^<\/?(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?|r(?:e(?:a(?:s(?:o(?:n(?:i(?:n(?:g)?)?)?)?)?)?)?)?)?$|^<\/?(?:thinking|think|reasoning|reason)\s[^<>]{0,64}$/i

const none: readonly Token[] = Object.freeze([])

/** Finds tags in a text that comes in pieces, however it is cut. Linear in the text: at most one unfinished tag is held. */
export class TagScanner {
  #held = ''

  push(text: string): readonly Token[] {
    if (text === '') return none
    if (this.#held === '' && !text.includes('<')) return [{ type: 'text', raw: text }]
    return this.#scan(this.#held + text)
  }

  /** What was held because it might have become a tag. */
  end(): readonly Token[] {
    const raw = this.#held
    this.#held = ''
    return raw === '' ? none : [{ type: 'text', raw }]
  }

  #scan(text: string): readonly Token[] {
    const tokens: Token[] = []
    let start = 0
    const say = (end: number) => {
      if (end > start) tokens.push({ type: 'text', raw: text.slice(start, end) })
    }
    this.#held = ''
    for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
      const found = tagAt(text, at)
      if (found !== undefined) {
        say(at)
        tokens.push(found)
        start = at + found.raw.length
        at = start - 1
      } else if (mayBecomeTag(text, at)) {
        say(at)
        this.#held = text.slice(at)
        return tokens
      }
    }
    say(text.length)
    return tokens
  }
}

function tagAt(text: string, at: number): Token | undefined {
  tag.lastIndex = at
  const [raw, slash, name] = tag.exec(text) ?? []
  if (raw === undefined || name === undefined) return undefined
  return { type: slash === '/' ? 'close' : 'open', name: name.toLowerCase(), raw }
}

function mayBecomeTag(text: string, at: number): boolean {
  return text.length - at < longestTag && tagBeginning.test(text.slice(at))
}
