import type { Dialect, JsonObject, Operation } from '@jackfield/core'

/** What a client asks for, in no protocol's words. */
export interface ClientRequest {
  readonly model: string
  readonly text: string
  readonly stream: boolean
  /** A streaming client's wish to be told the usage. Default: true. */
  readonly includeUsage?: boolean
  /** Offers the two tools of the checks. */
  readonly tools?: boolean
  /** Further members of the body. */
  readonly extra?: JsonObject
}

/** A client: its protocol, and how it writes requests. */
export interface Client {
  readonly dialect: Dialect
  readonly operation: Operation
  readonly path: string
  body(request: ClientRequest): Uint8Array
}
