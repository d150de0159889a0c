import {
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SseEvent,
  type Usage,
} from '@jackfield/core'
import { parseJson, type StateListener, type StreamFacts } from '@jackfield/dialect-kit'
import { blockedFinish, decodeFinish } from '../answer/finish-reason.ts'
import { decodeUsage } from '../answer/usage.ts'
import { camelObject } from '../camel-case.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { statesOfSignature } from '../signatures.ts'

/** What the chunks of a stream have said so far. A chunk may be noted again: it adds nothing. */
export class GeminiStreamFacts implements StreamFacts {
  readonly #variant: Variant
  readonly #onState: StateListener | undefined
  #word: JsonValue | undefined
  #block: JsonValue | undefined
  #calls = false
  firstText: number | undefined
  id: string | undefined
  model: string | undefined
  usage: Usage | undefined
  error: GatewayError | undefined

  constructor(variant: Variant, onState: StateListener | undefined) {
    this.#variant = variant
    this.#onState = onState
  }

  get complete(): boolean {
    return this.error === undefined && (this.#word !== undefined || this.#block !== undefined)
  }

  get finish(): Finish | undefined {
    if (!this.complete) return undefined
    return this.#word === undefined
      ? blockedFinish(this.#block)
      : decodeFinish(this.#word, this.#calls)
  }

  note({ data }: SseEvent): void {
    const value = parseJson(data.trim())
    if (isJsonObject(value)) this.#noteChunk(camelObject(value))
  }

  /** An error behind a complete answer spoils nothing. */
  #noteChunk(chunk: JsonObject): void {
    if (!this.complete) this.error ??= answerError(chunk, this.#variant.errorCodes)
    const { responseId: id, modelVersion: model, promptFeedback: feedback, candidates } = chunk
    if (typeof id === 'string' && id !== '') this.id ??= id
    if (typeof model === 'string' && model !== '') this.model ??= model
    if (isJsonObject(feedback)) this.#noteBlock(feedback['blockReason'])
    for (const candidate of Array.isArray(candidates) ? candidates : []) {
      if (isJsonObject(candidate)) this.#noteCandidate(candidate)
    }
    this.usage = decodeUsage(chunk['usageMetadata']) ?? this.usage
  }

  #noteBlock(reason: JsonValue | undefined): void {
    if (reason === undefined) return
    this.#block = reason
    this.firstText ??= 0
  }

  #noteCandidate({ content, finishReason: word }: JsonObject): void {
    const parts = isJsonObject(content) ? content['parts'] : undefined
    for (const part of Array.isArray(parts) ? parts : []) {
      if (isJsonObject(part)) this.#notePart(part)
    }
    if (typeof word !== 'string' || word === '') return
    this.#word = word
    this.firstText ??= 0
  }

  #notePart(part: JsonObject): void {
    const { text, functionCall: call, thoughtSignature: signature } = part
    const isCall = isJsonObject(call) && typeof call['name'] === 'string' && call['name'] !== ''
    this.#calls ||= isCall
    const shown = typeof text === 'string' ? text.length : 0
    const isOther = text === undefined && call === undefined && Object.keys(part).length > 0
    if (shown > 0 || isCall || isOther || signature !== undefined) this.firstText ??= shown
    if (this.#onState === undefined) return
    for (const state of statesOfSignature(signature)) this.#onState(state)
  }
}
