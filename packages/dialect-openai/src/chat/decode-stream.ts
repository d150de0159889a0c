import {
  createSseFramer,
  type Extensions,
  GatewayError,
  isGatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type SseEvent,
  SseSizeError,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import { asExtensions, madeUpCallId, parseJson, TextTemplate } from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'
import { decodeFinish } from './finish-reason.ts'
import { contentOf, plainText } from './plain-chunk.ts'
import { StreamDelta } from './stream-delta.ts'
import { StreamDetails } from './stream-details.ts'
import { decodeUsage } from './usage.ts'

const noParts: readonly StreamPart[] = Object.freeze([])

/** Members that every chunk repeats and clients look at. */
const shownMembers = ['system_fingerprint', 'service_tier', 'provider'] as const

/**
 * Chunks of a streamed answer to parts. `finish` waits for `[DONE]` or the end, because usage comes behind the finish reason.
 * An answer without either has been cut off. Several choices cannot be told as one answer: the first one is.
 */
export class ChatStreamDecoder implements StreamDecoder {
  readonly #variant: Variant
  readonly #framer = createSseFramer()
  readonly #details = new StreamDetails()
  readonly #blocks = this.#details.blocks
  readonly #template = new TextTemplate(contentOf)
  #delta: StreamDelta | undefined
  #word: JsonValue | undefined
  #over = false

  constructor(variant: Variant) {
    this.#variant = variant
  }

  push(chunk: Uint8Array): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const event of this.#framer.push(chunk)) this.#read(event)
    })
  }

  end(): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const event of this.#framer.end()) this.#read(event)
      if (!this.#over) this.#conclude()
    })
  }

  /** The parts that `work` makes, and what stops it as an `error` part behind them. */
  #guard(work: () => void): readonly StreamPart[] {
    try {
      work()
    } catch (error) {
      this.#over = true
      this.#blocks.add({ type: 'error', error: asUpstreamError(error) })
    }
    return this.#blocks.take()
  }

  #read(event: SseEvent): void {
    if (this.#over) return
    const text = this.#template.read(event.data)
    if (text !== undefined) {
      this.#delta?.text(text)
      return
    }
    const data = event.data.trim()
    if (data === '') return
    if (data === '[DONE]') {
      this.#finish()
      return
    }
    const chunk = parseChunk(data, event)
    if (!isJsonObject(chunk)) return
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

  #conclude(): void {
    if (this.#word === undefined) {
      throw new GatewayError(
        'upstream_invalid_response',
        'The provider’s stream ended without a finish reason and without `[DONE]`: it was cut off.',
      )
    }
    this.#finish()
  }

  #finish(): void {
    if (this.#delta === undefined) {
      throw new GatewayError('upstream_invalid_response', 'The provider’s stream held no answer.')
    }
    const calls = this.#delta.end()
    this.#blocks.add({ type: 'finish', ...decodeFinish(this.#word, calls) })
    this.#over = true
  }
}

/** What stands in an event. An event that the end of the stream cut off is no error by itself. */
function parseChunk(data: string, event: SseEvent): JsonValue | undefined {
  const value = parseJson(data)
  if (value !== undefined || event.unterminated === true) return value
  throw new GatewayError(
    'upstream_invalid_response',
    'An event of the provider’s stream is not valid JSON.',
  )
}

function asUpstreamError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  const message =
    error instanceof SseSizeError
      ? `The provider’s stream cannot be read: ${error.message}.`
      : 'The provider’s stream cannot be understood.'
  return new GatewayError('upstream_invalid_response', message, { cause: error })
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
