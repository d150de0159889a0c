/**
 * Where a request stands. `receiving`: its body is still coming; `answering`: its script runs; `hanging`: the script has
 * come to a `hang` step; `answered`: complete answer sent; `broken`: the script broke the connection off;
 * `aborted`: the client went away first; `closed`: the server was closed first.
 */
export type RequestState =
  | 'receiving'
  | 'answering'
  | 'hanging'
  | 'answered'
  | 'broken'
  | 'aborted'
  | 'closed'

/** The states in which a request can stay. */
export type EndState = Exclude<RequestState, 'receiving' | 'answering' | 'closed'>

/** A request as it came over the wire. The object is live: what changes later can be read from it later. */
export interface RecordedRequest {
  /** Position in `requests`, from 0. */
  readonly index: number
  readonly method: string
  /** Path without the query, not decoded. */
  readonly path: string
  /** What follows `?`, not decoded; empty when there is none. */
  readonly query: string
  /** Lower-case names; values of repeated headers joined by comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in the order and the spelling in which they came. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  /** The body bytes received so far, after chunked framing is taken off and nothing else. */
  readonly body: Uint8Array
  /** Id of the connection it came on; equal ids mean a connection was used again. */
  readonly connection: number
  /** `performance.now()` when the head was complete. */
  readonly receivedAt: number
  readonly state: RequestState
  /** `performance.now()` when the client's leaving was noticed; absent unless `state` is `aborted`. */
  readonly abortedAt?: number | undefined
  /** Bytes of the answer, head and framing included, that the kernel has taken. */
  readonly bytesSent: number
  /** The body as text. */
  text(): string
  /** The body parsed as JSON. Throws `SyntaxError`. */
  json(): unknown
}

/** A TCP connection that was accepted. */
export interface RecordedConnection {
  /** From 1, in the order of acceptance. */
  readonly id: number
  /** `performance.now()` of the acceptance. */
  readonly openedAt: number
  /** `performance.now()` of its end; absent while it is open. */
  readonly closedAt?: number | undefined
}
