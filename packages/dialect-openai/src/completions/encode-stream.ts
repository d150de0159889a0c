import type {
  EncodeContext,
  FinishPart,
  StartPart,
  StreamEncoder,
  StreamPart,
  TextDelta,
  Usage,
} from '@jackfield/core'
import { type ChunkForm, ChunkWriter, done } from '../chat/stream-chunk.ts'
import { errorObject } from '../errors/encode-error.ts'
import { legacyLogprobs } from './legacy-logprobs.ts'

const textChunks: ChunkForm = {
  object: 'text_completion',
  idPrefix: 'cmpl-',
  member: 'text',
  empty: '""',
}

const nothing = new Uint8Array(0)

/** The text of one answer as legacy chunks; a broken answer ends as a broken chat does. */
export class TextStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  #start: StartPart | undefined
  #writer: ChunkWriter | undefined
  #usage: Usage | undefined
  #length = 0
  #over = false

  constructor(context: EncodeContext) {
    this.#context = context
  }

  push(parts: readonly StreamPart[]): Uint8Array {
    let text = ''
    for (const part of parts) if (!this.#over) text += this.#encode(part)
    return text === '' ? nothing : Buffer.from(text)
  }

  #encode(part: StreamPart): string {
    switch (part.type) {
      case 'start':
        this.#start ??= part
        return ''
      case 'text-delta':
        return this.#text(part)
      case 'usage':
        this.#usage = part.usage
        return ''
      case 'finish':
        return this.#finish(part)
      case 'error':
        this.#over = true
        return `data: ${JSON.stringify({ error: errorObject(part.error) })}\n\n`
      default:
        return ''
    }
  }

  #text({ text, logprobs }: TextDelta): string {
    if (text === '') return ''
    const own = logprobs === undefined ? null : legacyLogprobs(logprobs.value, this.#length)
    this.#length += text.length
    const json = JSON.stringify(text)
    return own === null ? this.#chunks().delta(json) : this.#chunks().likely(json, own)
  }

  #finish(finish: FinishPart): string {
    this.#over = true
    const { includeUsage } = this.#context
    const usage = includeUsage && this.#usage !== undefined ? this.#chunks().usage(this.#usage) : ''
    return `${this.#chunks().finish(finish)}${usage}${done}`
  }

  #chunks(): ChunkWriter {
    this.#writer ??= new ChunkWriter(textChunks, this.#context, this.#start)
    return this.#writer
  }
}
