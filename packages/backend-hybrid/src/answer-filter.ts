import type { SourcePart, StreamPart, TextDelta } from '@jackfield/core'
import { TagScanner, type Token } from './tag-scanner.ts'

/** UTF-16 units that are held back behind an opening tag; a longer span is what the answer is about. */
const maxSpan = 16_384

/**
 * What a client sees of the execution model's answer behind a thought: no reasoning of its own, and no spans in tags that set thinking
 * apart, wherever the text was cut. Tool calls pass untouched.
 */
export class AnswerFilter {
  #scanner = new TagScanner()
  /** What stands in an open span, its opening tag included. */
  #span: string[] = []
  #spanName = ''
  #spanLength = 0
  /** Something of the open text has been taken out: places in it are not what they were. */
  #isCut = false
  /** Nothing of the open text but what was taken out has come. */
  #isBare = true

  filter(parts: readonly StreamPart[]): readonly StreamPart[] {
    return parts.flatMap((part) => this.#pass(part))
  }

  #pass(part: StreamPart): StreamPart | readonly StreamPart[] {
    switch (part.type) {
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return []
      case 'text-start':
        this.#begin()
        return part
      case 'text-delta':
        return this.#passText(part)
      case 'text-end':
        return [...this.#release(part.id), part]
      case 'source':
        return this.#isCut ? withoutPlace(part) : part
      default:
        return part
    }
  }

  #begin(): void {
    this.#scanner = new TagScanner()
    this.#dropSpan()
    this.#isCut = false
    this.#isBare = true
  }

  #passText(part: TextDelta): StreamPart | readonly StreamPart[] {
    const tokens = this.#scanner.push(part.text)
    const [only] = tokens
    const isPlain = tokens.length === 1 && only?.type === 'text' && only.raw === part.text
    if (isPlain && this.#spanName === '' && !(this.#isCut && this.#isBare)) {
      this.#isBare = false
      return part
    }
    return this.#delta(part.id, tokens.map((token) => this.#take(token)).join(''))
  }

  /** The text that becomes certain with a token. */
  #take(token: Token): string {
    if (this.#spanName === '') {
      if (token.type !== 'open') return token.raw
      this.#spanName = token.name
      return this.#hold(token.raw)
    }
    if (token.type !== 'close' || token.name !== this.#spanName) return this.#hold(token.raw)
    this.#dropSpan()
    this.#isCut = true
    return ''
  }

  #hold(raw: string): string {
    this.#span.push(raw)
    this.#spanLength += raw.length
    return this.#spanLength > maxSpan ? this.#takeSpan() : ''
  }

  /** What is held when the text ends was no span. */
  #release(id: string): readonly StreamPart[] {
    const rest = this.#scanner.end().map((token) => this.#take(token))
    return this.#delta(id, rest.join('') + this.#takeSpan())
  }

  #takeSpan(): string {
    const text = this.#span.join('')
    this.#dropSpan()
    return text
  }

  #dropSpan(): void {
    this.#span = []
    this.#spanName = ''
    this.#spanLength = 0
  }

  /** An answer does not begin with the white space that stood behind a span. */
  #delta(id: string, raw: string): readonly StreamPart[] {
    const text = this.#isCut && this.#isBare ? raw.trimStart() : raw
    if (text === '') return []
    this.#isBare = false
    return [{ type: 'text-delta', id, text }]
  }
}

function withoutPlace({ citation, ...part }: SourcePart): SourcePart {
  const { start: _, end: __, ...rest } = citation
  return { ...part, citation: rest }
}
