import {
  type Extensions,
  type GatewayError,
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
  madeUpCallId,
  type StreamReader,
  TextTemplate,
} from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'
import { decodeFinish } from './finish-reason.ts'
import { contentOf, plainText } from './plain-chunk.ts'
import { StreamDelta } from './stream-delta.ts'
import { StreamDetails } from './stream-details.ts'
import { decodeUsage } from './usage.ts'

/** Members that every chunk repeats and clients look at. */
const shownMembers = ['system_fingerprint', 'service_tier', 'provider'] as const

/**
 * Chunks of a streamed answer to parts. `finish` waits for `[DONE]` or the end, because usage comes behind the finish reason.
 * An answer without either has been cut off. Several choices cannot be told as one answer: the first one is.
 */
export function streamDecoder(variant: Variant): StreamDecoder {
  return createStreamDecoder(new ChatStreamReader(variant))
}

class ChatStreamReader implements StreamReader {
  readonly #variant: Variant
  readonly #details = new StreamDetails()
  readonly #blocks = this.#details.blocks
  readonly #template = new TextTemplate(contentOf)
  #delta: StreamDelta | undefined
  #word: JsonValue | undefined
  over = false

  constructor(variant: Variant) {
    this.#variant = variant
  }

  take(): readonly StreamPart[] {
    return this.#blocks.take()
  }

  read(event: SseEvent): void {
    const text = this.#template.read(event.data)
    if (text !== undefined) {
      this.#delta?.text(text)
      return
    }
    const data = event.data.trim()
    if (data === '[DONE]') {
      this.#finish()
      return
    }
    const chunk = eventObject(event)
    if (chunk === undefined) return
    this.#readChunk(chunk)
    const said = plainText(chunk)
    if (said !== undefined) this.#template.learn(data, said)
  }

  #readChunk(chunk: JsonObject): void {
    const { choices } = chunk
    if (this.#delta === undefined && !isPreamble(chunk)) this.#start(chunk)
    const choice = Array.isArray(choices) ? firstChoice(choices) : undefined
    if (choice !== undefined) this.#readChoice(choice)
    this.#noteUsage(chunk['usage'] ?? groqUsage(chunk) ?? choice?.['usage'])
    const failure =
      answerError(chunk, this.#variant.errorCodes) ?? choiceError(choice, this.#variant)
    if (failure !== undefined) throw failure
  }

  #start(chunk: JsonObject): void {
    const { id, model, created } = chunk
    this.#delta = new StreamDelta(this.#details, this.#variant, madeUpCallId(id, created))
    this.#blocks.add({
      type: 'start',
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { model } : {}),
      ...(typeof created === 'number' && created > 0 ? { created } : {}),
      ...shownOf(chunk),
    })
  }

  #readChoice(choice: JsonObject): void {
    this.#delta?.read(choice)
    const word = choice['finish_reason']
    if (typeof word === 'string' && word !== '') this.#word = word
  }

  /** Usage is told on as it comes: a stream that is cut behind it has been paid for as well. */
  #noteUsage(value: JsonValue | undefined): void {
    if (value === undefined || value === null) return
    const usage = decodeUsage(value)
    if (usage !== undefined) this.#blocks.add({ type: 'usage', usage })
  }

  conclude(): void {
    if (this.#word === undefined) {
      throw brokenStream('ended without a finish reason and without `[DONE]`: it was cut off')
    }
    this.#finish()
  }

  #finish(): void {
    if (this.#delta === undefined) throw brokenStream('held no answer')
    const calls = this.#delta.end()
    this.#blocks.add({ type: 'finish', ...decodeFinish(this.#word, calls) })
    this.over = true
  }
}

function firstChoice(choices: readonly JsonValue[]): JsonObject | undefined {
  for (const choice of choices) {
    if (isJsonObject(choice) && (choice['index'] ?? 0) === 0) return choice
  }
  return undefined
}

/** Groq's older streams tell the usage only here. */
function groqUsage(chunk: JsonObject): JsonValue | undefined {
  const own = chunk['x_groq']
  return isJsonObject(own) ? own['usage'] : undefined
}

/** Cline puts an error into the choice. */
function choiceError(choice: JsonObject | undefined, variant: Variant): GatewayError | undefined {
  const error = choice?.['error']
  return error === undefined || error === null
    ? undefined
    : answerError({ error }, variant.errorCodes)
}

function shownOf(chunk: JsonObject): { readonly extensions?: Extensions } {
  const shown: Record<string, string> = {}
  for (const name of shownMembers) {
    const value = chunk[name]
    if (typeof value === 'string' && value !== '') shown[name] = value
  }
  return asExtensions(shown, chatName)
}

/** Azure's first chunk tells what its content filter thinks of the prompt; its id is empty, and the answer is not in it. */
function isPreamble({ choices, usage }: JsonObject): boolean {
  return Array.isArray(choices) && choices.length === 0 && !isJsonObject(usage)
}
