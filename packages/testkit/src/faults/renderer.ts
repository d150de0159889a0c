import type { FaultDialect, FaultErrorKind, StreamPiece } from './fault.ts'

/** The text of the good answer that faults interrupt or leave whole; `first-part` brings its first word. */
export const faultAnswerText = 'Hello from the fake provider.'

/** Stands in error messages as if it were a key of the operator: it must not reach a client or a log. */
export const faultSecret = 'sk-fault0123456789abcdef0123456789abcdef'

/** How one protocol spells what faults are made of. One file per protocol. */
export interface FaultRenderer {
  readonly dialect: FaultDialect
  /** `content-type` of a stream. */
  readonly streamType: string
  /** Where a hint in plain seconds stands: in the header (default), or in the body of the error. */
  readonly hintIn?: 'body'
  /** The JSON body of the good answer, {@link faultAnswerText}. */
  readonly completion: string
  /** The JSON body of an error answer; with a hint when hints stand there. */
  errorBody(error: FaultErrorKind, status: number, retryAfterMs?: number): string
  /** An error inside a stream, framed: the first that the stream says, or behind something. */
  errorEvent(error: FaultErrorKind, place: 'first' | 'behind'): string
  /** A piece of the good answer as a stream, framed. */
  piece(piece: StreamPiece): string
}
