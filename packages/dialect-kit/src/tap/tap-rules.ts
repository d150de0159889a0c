import type {
  Finish,
  Framing,
  GatewayError,
  OpaqueState,
  SseEvent,
  TapEnding,
  TapReport,
  Usage,
} from '@jackfield/core'

/** Hears of a piece of opaque state. */
export type StateListener = (state: OpaqueState) => void

/**
 * What the events of one stream have said so far. For a stream that is a JSON array, its elements are the events. Members
 * without a value are `undefined`.
 */
export interface StreamFacts {
  /**
   * Called with every event up to the first meaningful one, and behind it with those that have a mark. When somebody asks for the
   * report, the last events of the stream come again: what was noted already adds nothing.
   */
  note(event: SseEvent): void
  /** Whether the stream has reached its legal end. */
  readonly complete: boolean
  readonly finish: Finish | undefined
  readonly usage: Usage | undefined
  readonly id: string | undefined
  readonly model: string | undefined
  /** A failure that the stream tells. */
  readonly error: GatewayError | undefined
  /** Number of UTF-16 code units that the first meaningful event shows; `undefined` before it. */
  readonly firstText: number | undefined
}

/** What a protocol's answers say to whoever only watches them. */
export interface TapRules {
  /** Facts of one stream. `onState` hears of no piece of state twice; absent, none is looked for. */
  facts(onState?: StateListener): StreamFacts
  /** Reads a whole JSON answer. A `JsonScanError` becomes the report of an answer that is no JSON. */
  body(body: Uint8Array, onState?: StateListener): TapReport
  /**
   * Bytes of which at least one is in every event that ends or breaks a stream. Behind the first meaningful event no other is
   * read, except those that do not end with a brace. Choose what is rare in other events, and begin it with a rare letter.
   */
  readonly marks: readonly Uint8Array[]
  /** The same for events that carry state. Looked for only where somebody listens. */
  readonly stateMarks?: readonly Uint8Array[]
  /**
   * Whether an event ends the stream for its client. `told`: the event stays, because it says so in words that are fit to be shown;
   * else it is taken out. In an array `end` counts for nothing: its bracket is the end.
   */
  ending(event: SseEvent): TapEnding | undefined
  /**
   * Whether an event is the last that an answer needs, in a protocol that has no terminal. What is broken behind it, or tells an error,
   * is taken out and spoils nothing.
   */
  completes?(event: SseEvent): boolean
  /** The protocol's error event with its terminals, as whole frames; as a bare element for `json-array`. */
  interruption(error: GatewayError, framing: Framing): Uint8Array
  /** Whole frames without those that were sent only because the gateway asked for usage. The same bytes where there are none. */
  hideUsage?(bytes: Uint8Array): Uint8Array
  /**
   * What the last bytes of a stream say (up to 16 KiB), where it did not reach its end in events that could be read: a last event
   * that is larger than 64 KiB passes in pieces.
   */
  lastBytes?(tail: Uint8Array): Partial<TapReport>
  /** Size from which on an event breaks the stream. Default 8 MiB. */
  readonly maxEventBytes?: number
}
