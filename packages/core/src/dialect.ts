import type { Headers } from './body.ts'
import type { CallHead, CallInput, Framing, Operation } from './call.ts'
import type { EmbeddingsRequest, EmbeddingsResponse } from './chat/embeddings.ts'
import type { Finish } from './chat/finish-reason.ts'
import type { OpaqueState } from './chat/opaque-state.ts'
import type { ChatRequest } from './chat/request.ts'
import type { ChatResponse } from './chat/response.ts'
import type { StreamPart } from './chat/stream-part.ts'
import type { TokenCount } from './chat/token-count.ts'
import type { Usage } from './chat/usage.ts'
import type { RequestEdit } from './edit.ts'
import type { GatewayError } from './errors/gateway-error.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

/**
 * A wire protocol for generation: one codec, written once, used by the frontend that speaks it to clients and by
 * every backend that speaks it to a provider. A variant for one provider's differences keeps the `name`: calls are
 * forwarded between dialects of the same name.
 *
 * All members are pure; decoders and encoders of streams are objects with state for one stream.
 * Members that read what a client sent throw {@link GatewayError} `invalid_request` with the field at fault;
 * members that read what a provider sent throw `upstream_invalid_response` or the error that the body tells.
 */
export interface Dialect {
  readonly name: string
  readonly operations: ReadonlySet<Operation>

  /** Reads what routing needs. Checks that the body is well-formed and that known top-level members have their types. */
  head(input: CallInput): CallHead
  /** Byte offsets of the conversation's parts; computed when a stage, a session or a strategy asks. */
  spans(body: Uint8Array, head: CallHead, options?: SpanOptions): ConversationSpans
  /** The forwarded body: the client's bytes with the edits spliced in. The same bytes when nothing changes. */
  editRequest(body: Uint8Array, head: CallHead, edit: RequestEdit): Uint8Array
  /** Path and query below a provider's base URL for an operation. */
  requestPath(request: PathRequest): string

  /** Codec of `chat` and `completions`. */
  readonly chat: ChatCodec
  /** Codec of `count-tokens`, where the protocol has it. Where a provider has none, the host estimates. */
  readonly counting?: UnaryCodec<ChatRequest, TokenCount>
  /** Codec of `embeddings`, where the protocol has them. */
  readonly embeddings?: UnaryCodec<EmbeddingsRequest, EmbeddingsResponse>
  /** Opaque state in request bodies, where the protocol carries any. */
  readonly states?: StateAccess
  /** Answers that clients can name later, where the protocol stores them. */
  readonly storage?: AnswerStorage

  /** Watches a forwarded answer. */
  tap(framing: Framing, options?: TapOptions): Tap

  /** An error of ours in the client's envelope. */
  encodeError(error: GatewayError, form?: string): EncodedError
  /** Class of a provider's failure from status, headers and (bounded) body. Never throws. */
  decodeError(answer: RawAnswer): GatewayError

  /** A comment, a ping event or white space: whatever clients of this dialect tolerate while they wait. */
  keepAlive(framing: Framing): Uint8Array
  /** Client headers that are sent on to a provider of the same dialect. Everything else stays here. */
  readonly requestHeaders: readonly string[]
  /** Provider headers that are sent on to a client of the same dialect. A trailing `*` matches any ending. */
  readonly responseHeaders: readonly string[]

  /** A validator that accepts exactly the legal streams of this dialect. */
  streamValidator(framing: Framing): StreamValidator
  /** Problems of a complete answer's shape; empty when it is legal. */
  validateResponse(body: Uint8Array): readonly string[]
}

/** What decides a provider's path. `input` is set for `resource` and `opaque` calls, whose path is the client's. */
export interface PathRequest {
  readonly operation: Operation
  readonly model: string
  readonly stream: boolean
  readonly framing: Framing
  readonly input?: CallInput
}

/** Offsets into a request body, half-open, of raw bytes (tokens with their quotes for strings). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The string token of one text of a message. */
export interface TextSpan extends ByteRange {
  /** The element of the content's list that holds the text; absent where the content is the text itself. */
  readonly part?: ByteRange
}

/** One message and the string tokens of its texts. */
export interface MessageSpan extends ByteRange {
  readonly role: string
  /** Tokens of the message's texts in order: the content string, or each text part's text. */
  readonly texts: readonly TextSpan[]
  /** How many parts of its content are no texts: pictures, files, calls of tools, their results. */
  readonly others: number
}

export interface SpanOptions {
  /** Look no further than the first message of this role: what identifies a conversation is at its front. */
  readonly through?: string
}

/** Where the parts of a conversation are. */
export interface ConversationSpans {
  readonly system?: ByteRange
  readonly tools?: ByteRange
  readonly messages: readonly MessageSpan[]
}

/** Translation of generation requests and answers. */
export interface ChatCodec {
  decodeRequest(body: Uint8Array, head: CallHead): ChatRequest
  /** Never changes the request. */
  encodeRequest(request: ChatRequest): EncodedRequest
  decodeResponse(body: Uint8Array): ChatResponse
  encodeResponse(response: ChatResponse, context: EncodeContext): Uint8Array
  streamDecoder(framing: Framing): StreamDecoder
  streamEncoder(context: EncodeContext): StreamEncoder
}

/** Translation of an operation whose answers are never streams. */
export interface UnaryCodec<Request, Response> {
  decodeRequest(body: Uint8Array, head: CallHead): Request
  /** Never changes the request. */
  encodeRequest(request: Request): EncodedRequest
  decodeResponse(body: Uint8Array): Response
  encodeResponse(response: Response, context: EncodeContext): Uint8Array
}

/** A request for a provider as an object, not yet serialised, so that patches are cheap. */
export interface EncodedRequest {
  readonly body: JsonObject
  /** Names of what this dialect cannot express, for the `x-jackfield-dropped` header. */
  readonly dropped: readonly string[]
  /** What was changed so that the dialect can express it, and must be changed back in the answer. */
  readonly changes?: RequestChanges
}

/** What the encoding of a request changed. The host shows the client an answer in which it is as the client said it. */
export interface RequestChanges {
  /** Tools that the dialect cannot name as the client does: the name that was sent, and the client's. */
  readonly toolNames?: ReadonlyMap<string, string>
  /** The client's names of tools of free text that were sent as functions with one string parameter, `input`. */
  readonly customTools?: ReadonlySet<string>
  /** Name, as sent, of a tool that exists only so that its arguments are the answer's text (structured output). */
  readonly outputTool?: string
}

/**
 * Finds and removes opaque state in request bodies that travel as bytes. State that a protocol carries for another one
 * (packed into a field of its own) is told with its origin, which no provider of this dialect accepts.
 */
export interface StateAccess {
  /**
   * The state that a body holds, in its order; of kind `call` the calls at which providers of this dialect would miss some. Cheap: it
   * may search bytes, and may name what is no state.
   */
  find(body: Uint8Array): readonly OpaqueState[]
  /**
   * The body without the state that `keeps` refuses, in a form that providers of this dialect accept: a block goes as a whole,
   * reasoning is switched off for this request where the protocol demands a block that is not there. The rest of the bytes
   * stays; the same array comes back where nothing is to be done.
   */
  without(body: Uint8Array, keeps: (state: OpaqueState) => boolean): Uint8Array
}

/**
 * What the host needs to keep answers for clients that name them later, for backends whose provider does not. A record
 * is whatever the dialect makes of request and answer; the host keeps it, bounded, for the principal that made the call.
 */
export interface AnswerStorage {
  /** Whether the client wants the answer to be kept. */
  isWanted(body: Uint8Array, head: CallHead): boolean
  /** `body` is complete: what it continued is in it already. `answer` is the document that the client got. */
  record(body: Uint8Array, head: CallHead, answer: JsonObject): JsonObject
  /** The request with everything that it continues in it, so that it stands alone. */
  resume(body: Uint8Array, head: CallHead, record: JsonObject): Uint8Array
  /**
   * Ids of the answers whose items a request names in places of their own. Cheap where it names none. Absent: requests of this
   * protocol name no items.
   */
  references?(body: Uint8Array, head: CallHead): readonly string[]
  /** The request with the items of these records in the places where they are named. */
  insert?(body: Uint8Array, head: CallHead, records: readonly JsonObject[]): Uint8Array
  /** Answers a `resource` call from a record. Throws `invalid_request` for what a kept answer cannot do. */
  serve(input: CallInput, record: JsonObject): StoredReply
  /** The request as one that continues another answer, or none: everything else keeps its bytes. */
  continueAs(body: Uint8Array, head: CallHead, id: string | undefined): Uint8Array
  /** The error for an id that nobody knows. */
  unknown(id: string, head: CallHead): GatewayError
}

/** An answer to a `resource` call, made of a record. */
export interface StoredReply {
  readonly body: Uint8Array
  readonly framing: Framing
  /** The record is to be forgotten. */
  readonly forget?: boolean
}

/** What an answer needs to know of the call that it answers. */
export interface EncodeContext {
  /** The model as the client named it. */
  readonly model: string
  /** Id for answers that came without one. */
  readonly id: string
  /** Unix seconds, for answers that came without a time. */
  readonly created: number
  readonly framing: Framing
  readonly includeUsage: boolean
  /** A top-level member of the client's request, for protocols that repeat it in the answer. */
  field?(name: string): JsonValue | undefined
  /** Hands over the finished answer's document, once, where the protocol stores answers. */
  keep?(document: JsonObject): void
}

/** Bytes of one stream to parts. */
export interface StreamDecoder {
  /**
   * Parts that this read completed, all in one array. After an `error` part nothing follows.
   * May throw {@link GatewayError} instead of returning an `error` part.
   */
  push(chunk: Uint8Array): readonly StreamPart[]
  /** The upstream ended. A stream without its legal end gives an `error` part. */
  end(): readonly StreamPart[]
}

/** Parts of one answer to bytes of one stream. One buffer per batch, so that one read becomes one write. */
export interface StreamEncoder {
  /** `finish` and `error` complete the stream with the dialect's terminals; nothing may follow. */
  push(parts: readonly StreamPart[]): Uint8Array
}

/** An error as the client gets it. */
export interface EncodedError {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

/** A provider's answer, bounded, as it came. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

export interface TapOptions {
  /** The gateway asked for usage that the client did not ask for: keep that extra frame from the client. */
  readonly hideUsage?: boolean
  /** Hears of every piece of opaque state that passes, whole. Absent: nobody wants to know, and nothing is looked for. */
  readonly onState?: (state: OpaqueState) => void
}

/**
 * Watches the bytes of a forwarded answer. Frame by frame until the first meaningful part, then only what it needs:
 * it keeps O(1) memory and does no work proportional to the stream behind it.
 */
export interface Tap {
  /**
   * Returns the bytes for the client: the chunk itself, except that a hidden frame is taken out and an incomplete frame
   * at its end is kept for the next push (up to 64 KiB, 2 MiB before the first meaningful part, then it passes), so that an interruption leaves no half frame.
   */
  push(chunk: Uint8Array): Uint8Array
  /** The upstream ended. Returns bytes still held. */
  end(): Uint8Array
  /**
   * The answer broke after bytes of it went to the client. Returns what ends it honestly: the dialect's error event and
   * terminals, on a frame boundary. Empty where the framing has no error event: the host then closes the connection.
   */
  interrupt(error: GatewayError): Uint8Array
  /** What is known at this moment; complete after `end`, as good as possible after a cancelled stream. */
  report(): TapReport
  /** Whether a meaningful part has passed. */
  readonly meaningful: boolean
  /**
   * Set by `push` behind the first meaningful part, when what it returned is the last that is for the client. Later
   * pushes return nothing.
   */
  readonly ending?: TapEnding | undefined
}

/**
 * How a forwarded stream ends before its bytes do: `end`, at the dialect's terminal; or because it broke. `told`: the bytes that
 * passed say so themselves.
 */
export type TapEnding = 'end' | { readonly error: GatewayError; readonly told: boolean }

/** What a tap saw. */
export interface TapReport {
  readonly usage?: Usage
  readonly finish?: Finish
  readonly responseId?: string
  readonly model?: string
  /** The answer itself tells a failure (an error body in a 200, an error event). */
  readonly error?: GatewayError
  /** Whether the answer reached its legal end. */
  readonly complete: boolean
  /** Tokens by estimate, where no usage was told: from the number and size of frames. */
  readonly estimate?: Usage
}

/** Accepts exactly the legal streams of a dialect, whatever the chunk boundaries. */
export interface StreamValidator {
  push(chunk: Uint8Array): void
  end(): void
  /** What was illegal, in words, with the number of the event. Empty for a legal stream. */
  readonly violations: readonly string[]
}
