import {
  GatewayError,
  type SseEvent,
  type TapEnding,
  type TapReport,
  type Usage,
} from '@jackfield/core'
import type { StateListener, StreamFacts, TapRules } from './tap-rules.ts'

/** Characters per token, for estimates. */
const tokenLength = 4

/** Bytes of one event: as many as are read where streams are translated. */
const defaultMaxEventBytes = 8 * 1024 * 1024

/** What a tap knows of one stream, however it is framed. */
export class StreamLedger {
  readonly #facts: StreamFacts
  readonly #maxEventBytes: number
  #meaningfulBytes = 0
  #frameBytes = 0
  /** Of a frame that passes in pieces. */
  #pieceBytes = 0
  /** All events of the bytes at hand have been noted. */
  #isRead = false
  #repeats = false
  #error: GatewayError | undefined
  /** Of events that are read behind the first meaningful one. */
  readonly marks: readonly Uint8Array[]
  meaningful = false
  /** An event has completed the answer, in a protocol without terminals. */
  completed = false
  ending: TapEnding | undefined

  constructor(rules: TapRules, onState: StateListener | undefined) {
    const { marks, stateMarks = [], maxEventBytes = defaultMaxEventBytes } = rules
    this.marks = onState === undefined ? marks : [...marks, ...stateMarks]
    this.#maxEventBytes = maxEventBytes
    this.#facts = onState === undefined ? rules.facts() : rules.facts(this.#once(onState))
  }

  /** Whether the stream's events have told its legal end. */
  get complete(): boolean {
    return this.#error === undefined && this.#facts.complete
  }

  /** Reads all events in the bytes that may bring the first meaningful one. */
  read(events: Iterable<SseEvent>, bytes: Uint8Array): void {
    this.#isRead = true
    for (const event of events) {
      this.#facts.note(event)
      if (this.meaningful || this.#facts.firstText === undefined) continue
      this.meaningful = true
      this.#frameBytes = Buffer.byteLength(event.data)
      this.#meaningfulBytes = bytes.length
    }
  }

  /** An event that was worth reading behind the first meaningful one. */
  note(event: SseEvent): void {
    if (!this.#isRead) this.#facts.note(event)
  }

  /** Bytes pass behind the first meaningful event. */
  passes(bytes: Uint8Array): void {
    this.#isRead = false
    this.#meaningfulBytes += bytes.length
  }

  /** A piece of a frame that could not be held passes. `false`: the frame is too large, and the stream has ended. */
  passesPiece(bytes: Uint8Array): boolean {
    this.#pieceBytes += bytes.length
    if (this.#pieceBytes <= this.#maxEventBytes) return true
    this.endAs({ error: tooLarge(this.#maxEventBytes), told: false })
    return false
  }

  passesFrame(): void {
    this.#pieceBytes = 0
  }

  endAs(ending: TapEnding): void {
    this.ending = ending
    if (ending !== 'end') this.#error ??= ending.error
  }

  /** What is known, with what the stream's last events say. */
  report(lastEvents: () => Iterable<SseEvent>): TapReport {
    if (this.meaningful) this.#noteAgain(lastEvents())
    const { usage, finish, id, model } = this.#facts
    const error = this.#error ?? this.#facts.error
    const complete = error === undefined && this.#facts.complete
    const estimate = usage === undefined ? this.#estimate() : undefined
    return {
      complete,
      ...(usage === undefined ? {} : { usage }),
      ...(finish === undefined || !complete ? {} : { finish }),
      ...(id === undefined ? {} : { responseId: id }),
      ...(model === undefined ? {} : { model }),
      ...(error === undefined ? {} : { error }),
      ...(estimate === undefined ? {} : { estimate }),
    }
  }

  /** The last events may have been noted before: their state has been told then. */
  #noteAgain(events: Iterable<SseEvent>): void {
    this.#repeats = true
    for (const event of events) this.#facts.note(event)
    this.#repeats = false
  }

  #once(onState: StateListener): StateListener {
    return (state) => {
      if (!this.#repeats) onState(state)
    }
  }

  /** As many frames as fit into the bytes that went by, each with as many tokens as the first. */
  #estimate(): Usage | undefined {
    if (!this.meaningful || this.#frameBytes === 0) return undefined
    const frames = Math.max(1, Math.round(this.#meaningfulBytes / this.#frameBytes))
    const tokens = Math.max(1, Math.round((this.#facts.firstText ?? 0) / tokenLength))
    return { outputTokens: frames * tokens }
  }
}

/** An event whose data is no JSON, although it began as an object. */
export function brokenEvent(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'An event of the provider’s stream is not valid JSON.',
  )
}

function tooLarge(maxEventBytes: number): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `An event of the provider’s stream is larger than ${maxEventBytes} bytes.`,
  )
}
