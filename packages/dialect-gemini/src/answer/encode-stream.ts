import type {
  EncodeContext,
  Finish,
  JsonObject,
  StartPart,
  StreamEncoder,
  StreamPart,
  Usage,
} from '@jackfield/core'
import { errorObject } from '../errors/encode-error.ts'
import { geminiName } from '../names.ts'
import { AnswerWriter } from './answer-writer.ts'
import { blockOf, candidateOf } from './encode-answer.ts'
import { encodeUsage } from './usage.ts'

const nothing = new Uint8Array(0)

/**
 * Parts of one answer to chunks, one chunk for each batch: as events, or as elements of an array that is closed at the end. The last
 * chunk has the finish reason and the usage. A broken answer ends with an error object.
 */
export class GeminiStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext
  readonly #isArray: boolean
  readonly #writer = new AnswerWriter()
  #start: StartPart | undefined
  #usage: Usage | undefined
  #count = 0
  /** What every chunk ends with. */
  #tail: string | undefined
  #over = false

  constructor(context: EncodeContext) {
    this.#context = context
    this.#isArray = context.framing === 'json-array'
  }

  push(parts: readonly StreamPart[]): Uint8Array {
    let text = ''
    for (const part of parts) if (!this.#over) text += this.#encode(part)
    if (!this.#over) text += this.#chunk()
    return text === '' ? nothing : Buffer.from(text)
  }

  #encode(part: StreamPart): string {
    switch (part.type) {
      case 'start':
        this.#start ??= part
        return ''
      case 'usage':
        this.#usage = part.usage
        return ''
      case 'finish':
        return this.#finish(part)
      case 'error':
        return this.#chunk() + this.#last(JSON.stringify({ error: errorObject(part.error) }))
      case 'text-delta': {
        // Log probabilities are those of one chunk.
        const before = this.#writer.hasLogprobs && part.logprobs !== undefined ? this.#chunk() : ''
        this.#writer.add(part)
        return before
      }
      default:
        this.#writer.add(part)
        return ''
    }
  }

  /** What has come since the last chunk, if it shows anything. */
  #chunk(): string {
    const parts = this.#writer.take()
    if (parts.length === 0) return ''
    const logprobs = this.#writer.takeLogprobs()
    const rest = Object.keys(logprobs).length === 0 ? '' : `,${inner(logprobs)}`
    const content = `{"content":{"parts":${JSON.stringify(parts)},"role":"model"}${rest},"index":0}`
    return this.#frame(`{"candidates":[${content}]${this.#shared()}`)
  }

  #finish(finish: Finish): string {
    const parts = this.#writer.take()
    const feedback = this.#start?.extensions?.[geminiName]?.['promptFeedback']
    const isBlocked = !this.#writer.touched && blockOf(feedback) !== undefined
    // Behind other chunks an empty text stands where nothing is new, as Google has it.
    const shown = parts.length === 0 && this.#count > 0 ? [{ text: '' }] : parts
    const rest = { ...this.#writer.finish(finish), ...this.#writer.takeLogprobs() }
    const answer: JsonObject = {
      ...(isBlocked
        ? { promptFeedback: feedback ?? {} }
        : { candidates: [candidateOf(shown, rest)] }),
      ...(this.#usage === undefined ? {} : { usageMetadata: encodeUsage(this.#usage) }),
    }
    return this.#last(JSON.stringify(answer).slice(0, -1) + this.#shared())
  }

  #shared(): string {
    this.#tail ??= `,${inner({
      modelVersion: this.#start?.model ?? this.#context.model,
      responseId: this.#start?.id ?? this.#context.id,
      ...createTimeOf(this.#start),
    })}}`
    return this.#tail
  }

  #frame(json: string): string {
    this.#count += 1
    if (!this.#isArray) return `data: ${json}\r\n\r\n`
    return this.#count === 1 ? `[${json}` : `\n,\r\n${json}`
  }

  #last(json: string): string {
    this.#over = true
    return this.#frame(json) + (this.#isArray ? '\n]' : '')
  }
}

/** The members of an object without its braces. */
function inner(object: JsonObject): string {
  return JSON.stringify(object).slice(1, -1)
}

/** Vertex repeats the time in every chunk. */
function createTimeOf(start: StartPart | undefined): JsonObject {
  const time = start?.extensions?.[geminiName]?.['createTime']
  return typeof time === 'string' ? { createTime: time } : {}
}
