/** A piece of an answer's content, as what it is. */
export interface Segment {
  readonly reasoning: boolean
  readonly text: string
}

/** Tags with which models set their reasoning apart in the content (protocol reference 6.1). */
const tags: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['◁think▷', '◁/think▷'],
]

const none: readonly Segment[] = Object.freeze([])

/**
 * Splits content that begins with a reasoning tag, whatever way it is cut into deltas. A tag counts only at the start of
 * the answer, behind white space at most: later ones may be what the answer is about. An unclosed tag makes all of it reasoning.
 */
export class ThinkTagSplitter {
  #state: 'start' | 'inside' | 'behind' | 'text' = 'start'
  #close = ''
  #held = ''
  /** Line breaks that may still be dropped behind a tag. */
  #breaks = 0

  push(text: string): readonly Segment[] {
    if (this.#state === 'text') return text === '' ? none : [{ reasoning: false, text }]
    this.#held += text
    const segments: Segment[] = []
    while (this.#step(segments));
    return segments
  }

  end(): readonly Segment[] {
    const text = this.#held
    this.#held = ''
    return text === '' ? none : [{ reasoning: this.#state === 'inside', text }]
  }

  /** Takes one decision. `false` when the next one needs more text. */
  #step(segments: Segment[]): boolean {
    switch (this.#state) {
      case 'start':
        return this.#decide()
      case 'inside':
        return this.#readReasoning(segments)
      case 'behind':
        if (!this.#dropBreaks()) return false
        this.#state = 'text'
        return true
      case 'text':
        if (this.#held !== '') segments.push({ reasoning: false, text: this.#held })
        this.#held = ''
        return false
      default:
        return this.#state satisfies never
    }
  }

  #decide(): boolean {
    const text = this.#held.trimStart()
    const tag = tags.find(([open]) => text.startsWith(open))
    if (tag !== undefined) {
      this.#close = tag[1]
      this.#held = text.slice(tag[0].length)
      this.#state = 'inside'
      this.#breaks = 1
      return true
    }
    if (tags.some(([open]) => open.startsWith(text))) return false
    this.#state = 'text'
    return true
  }

  #readReasoning(segments: Segment[]): boolean {
    if (this.#breaks > 0 && !this.#dropBreaks()) return false
    const end = this.#held.indexOf(this.#close)
    const length = end === -1 ? this.#held.length - this.#heldBack() : end
    if (length > 0) segments.push({ reasoning: true, text: this.#held.slice(0, length) })
    this.#held = this.#held.slice(length)
    if (end === -1) return false
    this.#held = this.#held.slice(this.#close.length)
    this.#state = 'behind'
    this.#breaks = 2
    return true
  }

  /** Length of the longest end of the held text with which the closing tag may begin. */
  #heldBack(): number {
    let length = Math.min(this.#close.length - 1, this.#held.length)
    while (length > 0 && !this.#close.startsWith(this.#held.slice(-length))) length -= 1
    return length
  }

  /** Drops line breaks at the start of what is held. `false` while it cannot be known whether more of them come. */
  #dropBreaks(): boolean {
    while (this.#breaks > 0) {
      if (this.#held === '' || this.#held === '\r') return false
      const length = this.#held.startsWith('\r\n') ? 2 : this.#held.startsWith('\n') ? 1 : 0
      this.#breaks = length === 0 ? 0 : this.#breaks - 1
      this.#held = this.#held.slice(length)
    }
    return true
  }
}

/**
 * Splits the content of a whole answer. Here a closing tag without an opening one counts too, if it begins a line: some chat
 * templates put the opening tag into the prompt.
 */
export function splitThinkTags(content: string): readonly Segment[] {
  const lone = loneClose(content)
  const splitter = new ThinkTagSplitter()
  const text = lone === undefined ? content : `${lone}${content}`
  return [...splitter.push(text), ...splitter.end()]
}

/** The opening tag that is missing. */
function loneClose(content: string): string | undefined {
  const start = content.trimStart()
  if (tags.some(([open]) => start.startsWith(open))) return undefined
  return tags.find(([, close]) => start.startsWith(close) || content.includes(`\n${close}`))?.[0]
}
