import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SseEvent,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import {
  asExtensions,
  brokenStream,
  createStreamDecoder,
  eventObject,
  type StreamReader,
  TextTemplate,
} from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import { anthropicName } from '../names.ts'
import type { Variant } from '../options.ts'
import { endRest, refusalText, startRest } from './answer-members.ts'
import { blocksIn } from './decode-block.ts'
import { decodeFinish } from './finish-reason.ts'
import { StreamContent } from './stream-content.ts'
import { decodeUsage, mergeUsage } from './usage.ts'

/**
 * Events of a streamed answer to parts. An answer has ended with `message_stop`, or with its stop reason where nothing follows; one
 * without either has been cut off. A second `message_start`, which some proxies send, adds nothing but its usage.
 */
export function streamDecoder(variant: Variant): StreamDecoder {
  return createStreamDecoder(new MessageStreamReader(variant))
}

class MessageStreamReader implements StreamReader {
  readonly #variant: Variant
  readonly #content = new StreamContent()
  readonly #template = new TextTemplate(deltaText)
  /** Index of the block whose deltas the template reads. */
  #index = 0
  #started = false
  #usage: JsonObject = {}
  #reason: JsonValue | undefined
  #sequence: JsonValue | undefined
  #rest: JsonObject = {}
  over = false

  constructor(variant: Variant) {
    this.#variant = variant
  }

  take(): readonly StreamPart[] {
    return this.#content.take()
  }

  read(event: SseEvent): void {
    const text = this.#template.read(event.data)
    if (text !== undefined) {
      this.#content.delta(this.#index, { type: 'text_delta', text })
      return
    }
    const payload = eventObject(event)
    if (payload === undefined) return
    const failure = answerError(payload, this.#variant.errorCodes)
    if (failure !== undefined) throw failure
    this.#readPayload(payload)
    const said = deltaText(payload)
    if (typeof said !== 'string') return
    if (this.#template.learn(event.data, said)) this.#index = indexOf(payload)
  }

  #readPayload(payload: JsonObject): void {
    switch (payload['type']) {
      case 'content_block_delta':
        this.#start({})
        if (isJsonObject(payload['delta'])) this.#content.delta(indexOf(payload), payload['delta'])
        return
      case 'content_block_start':
        this.#start({})
        if (isJsonObject(payload['content_block'])) {
          this.#content.start(indexOf(payload), payload['content_block'])
        }
        return
      case 'content_block_stop':
        this.#content.stop(indexOf(payload))
        return
      case 'message_start':
        this.#readMessage(payload['message'])
        return
      case 'message_delta':
        this.#readEnd(payload)
        return
      case 'message_stop':
        this.#finish()
        return
      default:
    }
  }

  #readMessage(message: JsonValue | undefined): void {
    if (!isJsonObject(message)) return
    const isFirst = !this.#started
    this.#start(message)
    this.#noteEnd(message)
    this.#noteUsage(message['usage'])
    if (isFirst) for (const block of blocksIn(message['content'])) this.#content.whole(block)
  }

  #start(message: JsonObject): void {
    if (this.#started) return
    this.#started = true
    const { id, model } = message
    this.#content.add({
      type: 'start',
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { model } : {}),
      ...asExtensions(startRest(message), anthropicName),
    })
  }

  #readEnd(payload: JsonObject): void {
    const { delta, usage } = payload
    this.#start({})
    this.#noteEnd({ ...payload, ...(isJsonObject(delta) ? delta : {}) })
    this.#noteUsage(usage)
  }

  #noteEnd(members: JsonObject): void {
    this.#reason = members['stop_reason'] ?? this.#reason
    this.#sequence = members['stop_sequence'] ?? this.#sequence
    this.#rest = { ...this.#rest, ...endRest(members) }
  }

  /** Usage is told on as it comes: a stream that is cut behind it has been paid for as well. */
  #noteUsage(value: JsonValue | undefined): void {
    if (!isJsonObject(value)) return
    this.#usage = mergeUsage(this.#usage, value)
    const usage = decodeUsage(this.#usage)
    if (usage !== undefined) this.#content.add({ type: 'usage', usage })
  }

  conclude(): void {
    if (typeof this.#reason !== 'string' && this.#started) {
      throw brokenStream('ended without a stop reason and without `message_stop`: it was cut off')
    }
    this.#finish()
  }

  #finish(): void {
    if (!this.#started) throw brokenStream('held no answer')
    this.#content.close()
    const refusal = refusalText(this.#rest)
    if (refusal !== '') this.#content.add({ type: 'refusal', text: refusal })
    const end = { stop_reason: this.#reason, stop_sequence: this.#sequence, rest: this.#rest }
    this.#content.add({ type: 'finish', ...decodeFinish(end, this.#content.hasCalls) })
    this.over = true
  }
}

function indexOf({ index }: JsonObject): number {
  return typeof index === 'number' ? index : 0
}

/** The text of an event that says nothing else. */
function deltaText(payload: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(payload) || payload['type'] !== 'content_block_delta') return undefined
  const { delta } = payload
  if (!isJsonObject(delta) || delta['type'] !== 'text_delta') return undefined
  return Object.keys(delta).length === 2 ? delta['text'] : undefined
}
