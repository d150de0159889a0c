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
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage } from '../chat/usage.ts'
import type { Variant } from '../options.ts'
import { errorOf } from './chunk-error.ts'
import { statesOfAnswer } from './states-of-answer.ts'

/** Members of a delta that clients see, besides `tool_calls`. */
const visible = [
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'text',
  'audio',
  'images',
] as const

/** What the events of a stream have said so far. An event may be noted again: it adds nothing. */
export class ChatFacts implements StreamFacts {
  readonly #variant: Variant
  readonly #onState: StateListener | undefined
  #word: JsonValue | undefined
  #calls = false
  #done = false
  /** Number of UTF-16 code units that the first meaningful event shows; `undefined` before it. */
  firstText: number | undefined
  id: string | undefined
  model: string | undefined
  usage: Usage | undefined
  error: GatewayError | undefined

  constructor(variant: Variant, onState?: StateListener) {
    this.#variant = variant
    this.#onState = onState
  }

  /** Whether the stream has reached its legal end: one of the two is enough, since providers forget the other. */
  get complete(): boolean {
    return this.error === undefined && (this.#done || this.#word !== undefined)
  }

  get finish(): Finish | undefined {
    return this.complete ? decodeFinish(this.#word, this.#calls) : undefined
  }

  note(event: SseEvent): void {
    const data = event.data.trim()
    if (data === '[DONE]') {
      this.#done = true
      this.firstText ??= 0
      return
    }
    const chunk = parseJson(data)
    if (isJsonObject(chunk)) this.#noteChunk(chunk)
  }

  #noteChunk(chunk: JsonObject): void {
    const { id, model, choices, usage } = chunk
    if (typeof id === 'string' && id !== '') this.id ??= id
    if (typeof model === 'string' && model !== '') this.model ??= model
    const list = Array.isArray(choices) ? choices.filter(isJsonObject) : []
    for (const choice of list) this.#noteChoice(choice)
    const own = chunk['x_groq']
    const told = usage ?? (isJsonObject(own) ? own['usage'] : undefined) ?? list[0]?.['usage']
    this.usage = decodeUsage(told) ?? this.usage
    this.error ??= errorOf(chunk, this.#variant)
    if (this.#onState !== undefined) statesOfAnswer(chunk).forEach(this.#onState)
  }

  #noteChoice(choice: JsonObject): void {
    const word = choice['finish_reason']
    if (typeof word === 'string' && word !== '') {
      this.#word ??= word
      this.firstText ??= 0
    }
    const delta = choice['delta'] ?? choice['message'] ?? choice
    if (!isJsonObject(delta)) return
    const called = isFilled(delta['tool_calls']) || isCall(delta['function_call'])
    this.#calls ||= called
    const shown = visible.reduce((length, name) => length + lengthOf(delta[name]), 0)
    if (shown > 0 || called || isFilled(delta['reasoning_details'])) this.firstText ??= shown
  }
}

function isFilled(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0
}

/** Snowflake sends an empty call with every chunk. */
function isCall(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && typeof value['name'] === 'string' && value['name'] !== ''
}

function lengthOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length
  if (isJsonObject(value)) return lengthOf(value['data']) + lengthOf(value['transcript'])
  return isFilled(value) ? 1 : 0
}
