import {
  type ErrorCode,
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SseEvent,
  type Usage,
} from '@jackfield/core'
import type { StateListener, StreamFacts } from '@jackfield/dialect-kit'
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage, mergeUsage } from '../chat/usage.ts'
import { answerError } from '../errors/decode-error.ts'
import { payloadOf } from './payload.ts'

/** Members of deltas that clients see. */
const visible = ['text', 'thinking', 'partial_json'] as const

/** What the events of a stream have said so far. */
export class MessageFacts implements StreamFacts {
  readonly #errorCodes: Readonly<Record<string, ErrorCode>>
  readonly #onState: StateListener | undefined
  #stopped = false
  #reason: JsonValue | undefined
  #sequence: JsonValue | undefined
  #calls = false
  #usage: JsonObject = {}
  firstText: number | undefined
  id: string | undefined
  model: string | undefined
  error: GatewayError | undefined

  constructor(errorCodes: Readonly<Record<string, ErrorCode>>, onState: StateListener | undefined) {
    this.#errorCodes = errorCodes
    this.#onState = onState
  }

  /** One of the two is enough, since some servers forget the other. */
  get complete(): boolean {
    return this.error === undefined && (this.#stopped || typeof this.#reason === 'string')
  }

  get finish(): Finish | undefined {
    if (!this.complete) return undefined
    return decodeFinish({ stop_reason: this.#reason, stop_sequence: this.#sequence }, this.#calls)
  }

  get usage(): Usage | undefined {
    return decodeUsage(this.#usage)
  }

  note(event: SseEvent): void {
    const payload = payloadOf(event)
    if (payload === undefined) return
    this.error ??= answerError(payload, this.#errorCodes)
    this.#notePayload(payload)
  }

  #notePayload(payload: JsonObject): void {
    const { message, delta, content_block: block } = payload
    switch (payload['type']) {
      case 'message_start':
        if (isJsonObject(message)) this.#noteMessage(message)
        return
      case 'content_block_start':
        if (isJsonObject(block)) this.#noteBlock(block)
        return
      case 'content_block_delta':
        if (isJsonObject(delta)) this.#noteDelta(delta)
        return
      case 'message_delta':
        if (isJsonObject(delta)) this.#noteEnd(delta)
        this.#usage = mergeUsage(this.#usage, payload['usage'])
        return
      case 'message_stop':
        this.#stopped = true
        this.firstText ??= 0
        return
      default:
    }
  }

  #noteMessage(message: JsonObject): void {
    const { id, model } = message
    if (typeof id === 'string' && id !== '') this.id ??= id
    if (typeof model === 'string' && model !== '') this.model ??= model
    this.#usage = mergeUsage(this.#usage, message['usage'])
    this.#reason ??= message['stop_reason']
  }

  #noteEnd(delta: JsonObject): void {
    this.#reason = delta['stop_reason'] ?? this.#reason
    this.#sequence = delta['stop_sequence'] ?? this.#sequence
    if (typeof this.#reason === 'string') this.firstText ??= 0
  }

  /** A block that is more than an empty text is something to see. */
  #noteBlock(block: JsonObject): void {
    const { type, data } = block
    if (type === 'tool_use') this.#calls = true
    if (type === 'text' || type === 'thinking') return
    this.firstText ??= 0
    if (type === 'redacted_thinking' && typeof data === 'string') {
      this.#onState?.({ kind: 'redacted-thinking', data })
    }
  }

  #noteDelta(delta: JsonObject): void {
    const shown = visible.reduce((length, name) => length + lengthOf(delta[name]), 0)
    if (shown > 0) this.firstText ??= shown
    const { type, signature } = delta
    if (type !== 'signature_delta' || typeof signature !== 'string' || signature === '') return
    this.firstText ??= 0
    this.#onState?.({ kind: 'signature', data: signature })
  }
}

function lengthOf(value: JsonValue | undefined): number {
  return typeof value === 'string' ? value.length : 0
}
