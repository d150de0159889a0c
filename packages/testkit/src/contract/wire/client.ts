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
  /** As the client asks for it; protocols differ in what stands in the path. */
  path(request: ClientRequest): string
  /** Without `?`. Default: none. */
  query?(request: ClientRequest): string
  /** Members of {@link ClientRequest.extra} that ask for a temperature, a nucleus and a limit. */
  readonly settings?: JsonObject
  body(request: ClientRequest): Uint8Array
}
