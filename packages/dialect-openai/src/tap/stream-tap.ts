import {
  createSseFramer,
  createTail,
  GatewayError,
  type SseEvent,
  sseData,
  type Tap,
  type TapEnding,
  type TapOptions,
  type TapReport,
  tailEvents,
  type Usage,
} from '@jackfield/core'
import { FrameGate } from '@jackfield/dialect-kit'
import { errorObject } from '../errors/encode-error.ts'
import type { Variant } from '../options.ts'
import { findStreamEnd, isHalfEvent } from './stream-end.ts'
import { StreamFacts } from './stream-facts.ts'
import { withoutUsageFrames } from './usage-frame.ts'

/** What is kept of the end of a stream: room for finish, usage and `[DONE]`, small enough for thousands of streams. */
const tailBytes = 4096

/** Events of the tail that are read. */
const lastEvents = 8

/** Bytes of one event: as many as are read where streams are translated. */
const maxEventBytes = 8 * 1024 * 1024

/** Characters per token, for estimates. */
const tokenLength = 4

const nothing = new Uint8Array(0)

/**
 * Watches a forwarded stream. Until the first meaningful event every event is read; behind it the bytes go by unread unless they look
 * like an end or an error, and the last of them are read when somebody asks.
 */
export class StreamTap implements Tap {
  readonly #variant: Variant
  readonly #hideUsage: boolean
  readonly #gate = new FrameGate()
  readonly #tail = createTail(tailBytes)
  readonly #facts: StreamFacts
  #meaningfulBytes = 0
  #frameBytes = 0
  /** Of a frame that passes in pieces. */
  #passedBytes = 0
  #unterminated = false
  meaningful = false
  ending: TapEnding | undefined

  constructor(variant: Variant, { hideUsage = false }: TapOptions) {
    this.#variant = variant
    this.#hideUsage = hideUsage
    this.#facts = new StreamFacts(variant)
  }

  push(chunk: Uint8Array): Uint8Array {
    return this.ending === undefined ? this.#pass(this.#gate.push(chunk)) : nothing
  }

  /** Of an event that was cut nothing passes: it would take the error behind it along. */
  end(): Uint8Array {
    if (this.ending !== undefined) return nothing
    const rest = this.#gate.end()
    if (isHalfEvent(rest)) return nothing
    this.#unterminated = rest.length > 0
    return this.#pass(rest)
  }

  interrupt(error: GatewayError): Uint8Array {
    const boundary = this.#gate.midFrame || this.#unterminated ? '\n\n' : ''
    return Buffer.from(`${boundary}${sseData(JSON.stringify({ error: errorObject(error) }))}`)
  }

  report(): TapReport {
    if (this.meaningful) for (const event of this.#lastEvents()) this.#facts.note(event)
    const { usage, finish, id, model, error, complete } = this.#facts
    const estimate = usage === undefined ? this.#estimate() : undefined
    return {
      complete,
      ...(usage === undefined ? {} : { usage }),
      ...(finish === undefined ? {} : { finish }),
      ...(id === undefined ? {} : { responseId: id }),
      ...(model === undefined ? {} : { model }),
      ...(error === undefined ? {} : { error }),
      ...(estimate === undefined ? {} : { estimate }),
    }
  }

  #pass(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    if (!this.meaningful) this.#read(bytes)
    else this.#meaningfulBytes += bytes.length
    const kept = this.meaningful ? this.#upToEnd(bytes) : bytes
    this.#tail.push(kept)
    return this.#hideUsage ? withoutUsageFrames(kept) : kept
  }

  #upToEnd(bytes: Uint8Array): Uint8Array {
    if (this.#gate.midFrame) return this.#piece(bytes)
    this.#passedBytes = 0
    const found = findStreamEnd(bytes, this.#variant)
    if (found === undefined) return bytes
    this.#endAs(found.ending)
    return bytes.subarray(0, found.at)
  }

  #piece(bytes: Uint8Array): Uint8Array {
    this.#passedBytes += bytes.length
    if (this.#passedBytes <= maxEventBytes) return bytes
    this.#endAs({ error: tooLarge(), told: false })
    return nothing
  }

  #endAs(ending: TapEnding): void {
    this.ending = ending
    if (ending !== 'end') this.#facts.error ??= ending.error
  }

  #read(bytes: Uint8Array): void {
    for (const event of eventsIn(bytes)) {
      this.#facts.note(event)
      if (this.meaningful || this.#facts.firstText === undefined) continue
      this.meaningful = true
      this.#frameBytes = Buffer.byteLength(event.data)
      this.#meaningfulBytes = bytes.length
    }
  }

  /** What can tell an end: a finish reason, usage, what some providers send beside it, `[DONE]` or an error. */
  #lastEvents(): readonly SseEvent[] {
    return tailEvents(this.#tail).slice(-lastEvents)
  }

  /** As many frames as fit into the bytes that went by, each with as many tokens as the first. */
  #estimate(): Usage | undefined {
    if (!this.meaningful || this.#frameBytes === 0) return undefined
    const frames = Math.max(1, Math.round(this.#meaningfulBytes / this.#frameBytes))
    const tokens = Math.max(1, Math.round((this.#facts.firstText ?? 0) / tokenLength))
    return { outputTokens: frames * tokens }
  }
}

function eventsIn(bytes: Uint8Array): readonly SseEvent[] {
  const framer = createSseFramer()
  return [...framer.push(bytes), ...framer.end()]
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `An event of the provider’s stream is larger than ${maxEventBytes} bytes.`,
  )
}
