import type { JsonValue } from '@jackfield/core'
import { parseJson } from '../json-text.ts'

/** What learning costs, in reads that it must have saved before. */
const readsPerLesson = 8
const firstLessons = 4
/** A text that no event is learned from. */
const probe = ' \u2063 '

/**
 * Reads the texts of a stream whose events differ in nothing but one text, without parsing them: an event that begins and ends as the
 * one that was learned is the same document with another text. Whatever differs is for the decoder to parse, as ever.
 */
export class TextTemplate {
  readonly #textOf: (event: JsonValue | undefined) => JsonValue | undefined
  /** The event up to the text, with its opening quote; undefined until one is learned. */
  #head: string | undefined
  #tail = ''
  #lessons = firstLessons

  /** `textOf`: the text of a parsed event, at its one place. */
  constructor(textOf: (event: JsonValue | undefined) => JsonValue | undefined) {
    this.#textOf = textOf
  }

  /** The text of an event that is otherwise the one that was learned; it may be empty. */
  read(data: string): string | undefined {
    const head = this.#head
    if (head === undefined) return undefined
    const end = data.length - this.#tail.length
    // Not `startsWith` and `endsWith`, which look at one character after another.
    if (end < head.length || data.slice(end) !== this.#tail) return undefined
    if (data.slice(0, head.length) !== head) return undefined
    const text = unquoted(data.slice(head.length, end))
    if (text !== undefined) this.#lessons += 1 / readsPerLesson
    return text
  }

  /**
   * Learns from an event that said nothing but this text; returns whether `read` now goes by it. Not from every one: streams whose events
   * differ elsewhere too gain nothing.
   */
  learn(data: string, text: string): boolean {
    if (this.#lessons < 1 || text === '' || text === probe) return false
    this.#lessons -= 1
    const literal = JSON.stringify(text)
    const start = data.indexOf(literal)
    if (start === -1 || data.indexOf(literal, start + 1) !== -1) return false
    const head = data.slice(0, start + 1)
    const tail = data.slice(start + literal.length - 1)
    // The text may stand there in other escapes, and something else in its words.
    if (this.#textOf(parseJson(head + probe + tail)) !== probe) return false
    this.#head = head
    this.#tail = tail
    return true
  }
}

/** What a literal says, given without its quotes; undefined for what is no single literal. */
function unquoted(inner: string): string | undefined {
  if (!special.test(inner)) return inner
  const text = parseJson(`"${inner}"`)
  return typeof text === 'string' ? text : undefined
}

/** What cannot stand for itself in a literal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON wants control characters escaped.
const special = /["\\\u0000-\u001f]/
