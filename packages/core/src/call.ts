import type { BodySource, Headers } from './body.ts'
import type { CallParameters } from './chat/parameters.ts'
import type { Dialect } from './dialect.ts'
import type { ConversationEdit } from './edit.ts'
import type { JsonDocument } from './json/scan.ts'
import type { JsonValue } from './json-value.ts'
import type { FailoverRoutes } from './routing/failover-route.ts'

/**
 * What a call asks for. `resource`: something stored under an id (`/responses/{id}`). `opaque`: bytes both ways that
 * the gateway does not look into (images, audio, moderations, rerank, files).
 */
export type Operation =
  | 'chat'
  | 'completions'
  | 'embeddings'
  | 'count-tokens'
  | 'resource'
  | 'opaque'

/** What a frontend hands over: a call in the client's dialect, still as bytes. */
export interface CallInput {
  readonly operation: Operation
  readonly dialect: Dialect
  /** HTTP method; only `resource` and `opaque` calls differ from `POST`. */
  readonly method: string
  /** Path without query, as the client sent it. */
  readonly path: string
  /** Query without `?`; empty when there is none. */
  readonly query: string
  readonly headers: Headers
  /** The body's bytes, or a source for bodies that are streamed through unread (`opaque` only). */
  readonly body?: Uint8Array | BodySource
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** Address of the client, for session identity and logs. */
  readonly clientAddress?: string
  /** Which of the dialect's error forms the path answers with; dialects with one form ignore it. */
  readonly errorForm?: string
}

/** How an answer's body is framed on the wire. */
export type Framing = 'json' | 'sse' | 'json-array' | 'opaque'

/** What a dialect reads from a call without building the document. */
export interface CallHead {
  readonly operation: Operation
  /** The model as the client named it; absent where the call names none. */
  readonly model?: string
  readonly stream: boolean
  /** The framing that the client expects of a good answer. */
  readonly framing: Framing
  /** Id of the stored resource that the call is about. */
  readonly resourceId?: string
  /** Id of the stored answer that the call continues. */
  readonly continues?: string
  /** Whether a streaming client asked to be told the usage. Dialects that always tell say `true`. */
  readonly includeUsage: boolean
  /** The scanned body, where the operation has a JSON body. */
  readonly document?: JsonDocument
}

/** Who is calling. */
export interface Principal {
  /** Stable and unique; scopes sessions, response owners and permissions. Never a key. */
  readonly id: string
  /** What logs show. */
  readonly name: string
  /** Names of the backends that it may use; absent: all. */
  readonly backends?: readonly string[]
}

/** What backends, strategies and stages may see of a call. */
export interface CallView {
  /** Unique id, also sent to the client as `x-jackfield-request-id`. */
  readonly id: string
  readonly operation: Operation
  /** Name of the client's dialect. */
  readonly dialect: string
  readonly path: string
  readonly query: string
  readonly headers: Headers
  readonly head: CallHead
  readonly principal: Principal
  /** Bytes of the body; `0` while a streamed body has not been read. */
  readonly bodyBytes: number
  /**
   * Identity that holds command state: the session header or a known agent's session field, else that of the stored answer which the
   * call continues, else a hash of the opening of the conversation, always with credential and client address. Computed on first use.
   */
  readonly session: string
  /** Identity that keeps provider prompt caches warm; never carries command state. Computed on first use. */
  readonly affinityKey: string
  /** A top-level member of a JSON body, parsed on first use; `undefined` when absent. */
  field(name: string): JsonValue | undefined
}

/** Who sent a call elsewhere than the request says. */
export type PickedBy = 'one-off' | 'session' | 'header'

/** A call on its way through the pipeline. Stages change it only through these methods. */
export interface Call extends CallView {
  readonly input: CallInput
  /** The body as it is now, with what the client only named in it; absent where it is streamed through or there is none. */
  readonly body: Uint8Array | undefined
  /** The call is only explained: nobody is called, and a stage changes nothing outside of the call. */
  readonly isDryRun: boolean
  /** Changes the conversation, on whichever way the call then takes. */
  edit(edit: ConversationEdit): void
  /**
   * Sends the call to this selector instead of what the request names; the name of a backend alone leaves the model to the request.
   * The last one wins.
   */
  pick(selector: string, by: PickedBy): void
  /** Failover routes that may be named in this call besides those of the configuration, and before them. */
  offerRoutes(routes: FailoverRoutes): void
  /** Sets parameters as session settings do: above the selector's and the body's, below the operator's. */
  set(parameters: CallParameters): void
  /** Adds a response header and a field to the call's log line. */
  annotate(header: string, value: string): void
}
