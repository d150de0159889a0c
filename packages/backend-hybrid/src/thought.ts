import type { ReasoningStart, StreamPart } from '@jackfield/core'
import { TagScanner, type Token } from './tag-scanner.ts'

/** Most that is taken over of what a model thinks, in UTF-16 units: about 4096 tokens. */
const maxLength = 16_384

/** Parts that may pass before the first word. A model that says nothing in so many does not think. */
const maxSilentParts = 4_096

/** Length from which a phrase that concludes ends a text without tags, and the phrases. */
const concludingLength = 1_000
const conclusions = ['therefore,', 'in conclusion,', 'to summarize,', 'in summary,'] as const
const longestConclusion = Math.max(...conclusions.map(({ length }) => length))

/** Id of the one block in which the thought is shown. */
const block = 'hybrid-reasoning'

/**
 * What became of some parts of the reasoning model's answer, and what a client sees of them.
 *
 * - `thinks`: more may come.
 * - `ended`: it has thought enough, or began to answer; nothing more of it is wanted.
 * - `acts`: it called a tool without having thought: what it does is the answer, of which this is the beginning.
 */
export interface Progress {
  readonly state: 'thinks' | 'ended' | 'acts'
  readonly parts: readonly StreamPart[]
}

/**
 * Collects what a reasoning model thinks: its native reasoning up to its first word of answer, or its text up to the tag that ends its
 * thinking, or else the whole text up to the limits. Shows the same as parts for a client, without tags, in one block of reasoning.
 */
export class Thought {
  readonly #scanner = new TagScanner()
  readonly #pieces: string[] = []
  /** What came before the first word, for an answer that begins with a call. */
  #before: StreamPart[] = []
  #shown: StreamPart[] = []
  #form: ReasoningStart['form'] = 'raw'
  /** White space that is part of the thought only if more comes. */
  #space = ''
  #length = 0
  #silentParts = 0
  #isNative = false
  #isTagged = false
  #concludes = false
  /** The end of the text so far, in which the beginning of a phrase may stand. */
  #tail = ''
  #ended = false

  /** The thought so far, without white space around it. Empty: there is none. */
  get text(): string {
    return this.#pieces.join('')
  }

  read(parts: readonly StreamPart[]): Progress {
    for (const [index, part] of parts.entries()) {
      if (part.type === 'tool-call-start' && this.#pieces.length === 0) {
        return { state: 'acts', parts: [...this.#before, ...parts.slice(index)] }
      }
      this.#see(part)
      if (this.#ended) break
    }
    return { state: this.#ended ? 'ended' : 'thinks', parts: this.#take() }
  }

  /** The parts that are missing when nothing more comes. */
  close(): readonly StreamPart[] {
    this.#end()
    if (this.#pieces.length > 0) this.#shown.push({ type: 'reasoning-end', id: block })
    return this.#take()
  }

  #see(part: StreamPart): void {
    if (this.#pieces.length === 0) this.#wait(part)
    switch (part.type) {
      case 'reasoning-start':
        this.#begin(part.form)
        return
      case 'reasoning-delta':
        this.#isNative ||= part.text.trim() !== ''
        this.#hear(part.text)
        return
      case 'reasoning-end':
        // Reasoning that only its provider can read is reasoning too: what comes behind it is the answer.
        this.#isNative ||= (part.state?.length ?? 0) > 0
        return
      case 'text-start':
        if (!this.#isNative) this.#begin('raw')
        return
      case 'text-delta':
        this.#seeText(part.text)
        return
      case 'refusal':
      case 'tool-call-start':
      case 'finish':
        this.#end()
        return
      default:
    }
  }

  /** Keeps what has come while it is not known whether the model thinks or acts. */
  #wait(part: StreamPart): void {
    this.#before.push(part)
    this.#silentParts += 1
    if (this.#silentParts > maxSilentParts) this.#end()
  }

  /** Blocks are apart from each other in what is shown too. */
  #begin(form: ReasoningStart['form']): void {
    if (this.#pieces.length === 0) this.#form = form
    else if (!this.#space.includes('\n\n')) this.#space = '\n\n'
  }

  /** The first word of answer behind native reasoning ends it. */
  #seeText(text: string): void {
    if (!this.#isNative) this.#hear(text)
    else if (text.trim() !== '') this.#end()
  }

  #hear(text: string): void {
    for (const token of this.#scanner.push(text)) {
      this.#takeToken(token)
      if (this.#ended) return
    }
  }

  #takeToken(token: Token): void {
    if (token.type === 'text') this.#add(token.raw)
    else if (token.type === 'close') this.#ended = true
    else this.#isTagged = true
  }

  #add(raw: string): void {
    const room = maxLength - this.#length
    const text = raw.length > room ? raw.slice(0, room).toWellFormed() : raw
    this.#length += text.length
    this.#say(text)
    this.#concludes ||= !this.#isNative && !this.#isTagged && this.#hasConclusion(text)
    this.#ended ||= this.#length >= maxLength
    this.#ended ||= this.#concludes && this.#length > concludingLength
  }

  #say(text: string): void {
    const words = text.trimEnd()
    const joined = this.#pieces.length === 0 ? words.trimStart() : this.#space + words
    if (words === '') {
      if (this.#pieces.length > 0) this.#space += text
      return
    }
    this.#space = text.slice(words.length)
    if (this.#pieces.length === 0) this.#open()
    this.#pieces.push(joined)
    this.#shown.push({ type: 'reasoning-delta', id: block, text: joined })
  }

  #open(): void {
    this.#before = []
    this.#shown.push({ type: 'start' }, { type: 'reasoning-start', id: block, form: this.#form })
  }

  #hasConclusion(text: string): boolean {
    const searched = (this.#tail + text).toLowerCase()
    this.#tail = searched.slice(-longestConclusion)
    return conclusions.some((phrase) => searched.includes(phrase))
  }

  /** No more text comes: what looked like a tag is none. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const { raw } of this.#scanner.end()) this.#say(raw)
  }

  #take(): readonly StreamPart[] {
    const shown = this.#shown
    this.#shown = []
    return shown
  }
}
