import type { Dialect, Framing, JsonValue } from '@jackfield/core'
import type { DialectName } from '../../compatibility/client.ts'

/**
 * Who makes the calls: the official library of each protocol; and a reader of Gemini’s streams without `alt=sse`, which no
 * library asks for.
 */
export type ClientName = DialectName | 'gemini-array'

/** What a user of the library gets. */
export interface Heard {
  readonly text: string
  /** Why the answer ended, in the words of the protocol; `null` where nothing says it. */
  readonly finish: string | null
  /** What the library raised. */
  readonly error?: unknown
}

export interface Question {
  /** `http://127.0.0.1:port`, perhaps with a path. */
  readonly url: string
  readonly model: string
  readonly stream: boolean
}

/** A client, and what must be known of its protocol to judge what it got. */
export interface Client {
  readonly name: ClientName
  readonly dialect: Dialect
  /** Of its streams. */
  readonly framing: Extract<Framing, 'sse' | 'json-array'>
  /** Makes one call and reads the answer to its end. Never rejects. */
  ask(question: Question): Promise<Heard>
  /** Whether the library raised it for an error that the server told. */
  isToldError(error: unknown): boolean
  /** What the protocol calls an error, from an answer or from the last that a stream says; `undefined`: it is none. */
  errorIn(document: JsonValue | undefined): WireError | undefined
  /** What only a stream has that reached its end. */
  readonly end: RegExp
  /** Why a good answer ended. */
  readonly finish: string
  /** The last bytes of a good stream, where the protocol has a terminator. */
  readonly terminator?: string
}

/** An error in the words of a protocol. */
export interface WireError {
  /** What tells errors apart: a code, else a type. */
  readonly word: string
  /** What tells more, where the protocol has a place for it. */
  readonly reason?: string
  readonly message: string
}

/** Notes what a library gives until it raises something. */
export async function heardUntilError(
  read: (heard: { text: string; finish: string | null }) => Promise<void>,
): Promise<Heard> {
  const heard = { text: '', finish: null }
  try {
    await read(heard)
    return heard
  } catch (error) {
    return { ...heard, error }
  }
}
