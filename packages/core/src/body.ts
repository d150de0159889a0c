import type { GatewayError } from './errors/gateway-error.ts'

/**
 * Header fields by lower-case name, as `node:http` gives them. Values that occur several times are arrays.
 */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** First value of a header field. */
export function headerValue(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value[0] : value
}

/**
 * Receives the bytes of a body. Called synchronously, in order: any number of `data`, then exactly one of `end` and
 * `fail`, unless the body is cancelled first.
 */
export interface BodyReceiver {
  data(chunk: Uint8Array): void
  end(): void
  /** The body broke. What came before stays valid. */
  fail(error: GatewayError): void
}

/**
 * A body in transit that is pushed to one receiver, with back-pressure: nothing flows before `start`, and after
 * `pause` at most what was already read arrives before `resume`. Chunks are owned by the receiver.
 */
export interface BodySource {
  /** At most once. */
  start(receiver: BodyReceiver): void
  pause(): void
  resume(): void
  /** Stops the transfer at its origin at once. Idempotent; nothing is delivered afterwards. */
  cancel(reason: GatewayError): void
}

/**
 * Where an answer goes: the client's connection. `start` commits the status; after it only `write` and `end`, or
 * `destroy` when the answer cannot be ended honestly.
 */
export interface AnswerSink {
  start(status: number, headers: Headers): void
  /** Returns `false` when the client is slower than the answer: stop until the `onDrain` callback. */
  write(chunk: Uint8Array): boolean
  end(chunk?: Uint8Array): void
  /** Closes the connection without a regular end, so that the client sees a broken answer and not a short one. */
  destroy(): void
  /** Sets the one callback for "may write again". */
  onDrain(callback: () => void): void
}
