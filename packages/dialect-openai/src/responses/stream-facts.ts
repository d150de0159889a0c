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
import { failureIn } from './errors.ts'
import { decodeFinish } from './finish.ts'
import { filled } from './item-kinds.ts'
import type { ResponsesVariant } from './options.ts'
import { answerStates, idState } from './reasoning-state.ts'
import { decodeUsage } from './usage.ts'

/** Statuses with which an answer ends. */
const endings = new Set(['completed', 'incomplete', 'failed', 'cancelled'])

/** The status that a terminal event tells; `undefined` for every other event. */
export function statusOf({ type }: JsonObject): string | undefined {
  const word = typeof type === 'string' ? type.slice('response.'.length) : ''
  return typeof type === 'string' && type.startsWith('response.') && endings.has(word)
    ? word
    : undefined
}

/** What the events of a stream have said so far. An event may be noted again: it adds nothing. */
export class ResponsesFacts implements StreamFacts {
  readonly #variant: ResponsesVariant
  readonly #onState: StateListener | undefined
  #end: JsonObject | undefined
  #calls = false
  #done = false
  /** Number of UTF-16 code units that the first meaningful event shows; `undefined` before it. */
  firstText: number | undefined
  id: string | undefined
  model: string | undefined
  usage: Usage | undefined
  error: GatewayError | undefined

  constructor(variant: ResponsesVariant, onState?: StateListener) {
    this.#variant = variant
    this.#onState = onState
  }

  get complete(): boolean {
    return this.error === undefined && (this.#done || this.#end !== undefined)
  }

  get finish(): Finish | undefined {
    return this.complete ? decodeFinish(this.#end ?? {}, this.#calls) : undefined
  }

  note(event: SseEvent): void {
    const data = event.data.trim()
    if (data === '[DONE]') {
      this.#done = true
      this.firstText ??= 0
      return
    }
    const wire = parseJson(data)
    if (isJsonObject(wire)) this.#noteEvent(wire)
  }

  #noteEvent(event: JsonObject): void {
    const { type, response } = event
    const status = statusOf(event)
    if (isJsonObject(response)) this.#noteResponse(response, status)
    else if (status !== undefined) this.#noteResponse({}, status)
    else if (type === 'error' || type === undefined) this.error ??= failureIn(event, this.#variant)
    else this.#noteContent(String(type), event)
  }

  #noteResponse(response: JsonObject, status: string | undefined): void {
    this.id ??= filled(response['id'])
    this.model ??= filled(response['model'])
    this.usage = decodeUsage(response['usage']) ?? this.usage
    if (status === undefined) return
    const whole = { ...response, status }
    const output = itemsIn(response['output'])
    this.#calls ||= output.some(isCall)
    // OpenAI encrypts the state anew for its last event, and clients may return either form.
    for (const item of output) this.#tellStates(item)
    this.error ??= failureIn(whole, this.#variant)
    if (this.error !== undefined) return
    this.#end ??= whole
    this.firstText ??= 0
  }

  #noteContent(type: string, { item, delta, annotation }: JsonObject): void {
    if (isJsonObject(item)) this.#noteItem(type, item)
    else if (typeof delta === 'string' && delta !== '') this.firstText ??= delta.length
    else if (isJsonObject(annotation)) this.firstText ??= 0
  }

  #noteItem(type: string, item: JsonObject): void {
    const called = isCall(item)
    this.#calls ||= called
    const isDone = type === 'response.output_item.done'
    // Announced messages and reasoning are empty still, and hidden reasoning says nothing without its state.
    if (called || isTrace(item)) this.firstText ??= 0
    if (!isDone) return
    const states = answerStates(item)
    if (states.length > 0) this.firstText ??= 0
    this.#tellStates(item)
  }

  #tellStates(item: JsonObject): void {
    if (this.#onState === undefined) return
    for (const state of [...answerStates(item), ...idState(item)]) this.#onState(state)
  }
}

function isCall({ type }: JsonObject): boolean {
  return type === 'function_call' || type === 'custom_tool_call'
}

function isTrace({ type }: JsonObject): boolean {
  return type !== 'message' && type !== 'reasoning'
}

function itemsIn(output: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(output) ? output.filter(isJsonObject) : []
}
