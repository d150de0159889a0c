import type { RecordedRequest } from './recorded-request.ts'

/** Text (sent as UTF-8) or bytes, sent exactly as given. */
export type Bytes = string | Uint8Array

/** Response headers in the spelling in which they are sent; a list sends the header once per value. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>

/**
 * Sends status line and headers, at once and alone. Without `content-length` the body is framed with
 * chunked encoding; with one, the bytes that follow are not checked against it, so a body can be cut short.
 */
export interface HeadStep {
  readonly do: 'head'
  readonly status: number
  readonly reason?: string
  readonly headers?: HeaderFields
}

/**
 * Sends body bytes as one write (one chunk of a chunked body), and waits until the kernel has taken them. Before the next
 * step other than `end` the event loop turns, so that a client in the same process reads them apart from
 * what follows. A client in another process may still read two writes together: put a gate between them.
 */
export interface WriteStep {
  readonly do: 'write'
  readonly bytes: Bytes
  /** Cuts `bytes` into writes of this many bytes each, at least 1. */
  readonly every?: number
}

/** Sends bytes past the HTTP layer, for answers that are not HTTP. After it the connection cannot be kept alive. */
export interface RawStep {
  readonly do: 'raw'
  readonly bytes: Bytes
}

/**
 * Writes `frame` again and again, as fast as the client takes it and never faster, until the client goes away or
 * `maxBytes` are written (without it: for ever). `RecordedRequest.bytesSent` tells how far it came.
 */
export interface EndlessStep {
  readonly do: 'endless'
  readonly frame: Bytes
  readonly maxBytes?: number
}

/** Waits until the test opens the gate of that name: `server.gate('name').open()`. */
export interface GateStep {
  readonly do: 'gate'
  readonly name: string
}

/** Waits that many milliseconds of the server's {@link Timer}. */
export interface DelayStep {
  readonly do: 'delay'
  readonly ms: number
}

/** Says nothing more and keeps the connection open until the client leaves or the server is closed. */
export interface HangStep {
  readonly do: 'hang'
}

/**
 * How an answer stops. `end`: completely, as HTTP asks (a script that runs out of steps ends this way);
 * `half-close`: our FIN in mid-body, but we keep reading; `cut`: the connection is closed in mid-body; `reset`: with RST.
 */
export interface StopStep {
  readonly do: 'end' | 'half-close' | 'cut' | 'reset'
}

/** One thing that the server does on a connection. Steps run in order; plain data, so a script can be kept as JSON. */
export type ScriptStep =
  | HeadStep
  | WriteStep
  | RawStep
  | EndlessStep
  | GateStep
  | DelayStep
  | HangStep
  | StopStep

/** Steps as data, or produced while the answer is being sent. A generator runs once: give a function that makes it. */
export type Steps = Iterable<ScriptStep> | AsyncIterable<ScriptStep>

/** Decides the steps when the request is there. A throw answers 500 and makes `close()` reject. */
export type Handler = (request: RecordedRequest) => Steps | Promise<Steps>

/**
 * Steps and the moment at which they start: `connection`: at accept, before a byte is read (only `raw`, waiting and stopping steps
 * make sense there); `headers`: when the request's head is parsed, with its body left unread; `request`: when the
 * body is complete.
 */
export type Script =
  | { readonly at: 'connection'; readonly steps: readonly ScriptStep[] }
  | { readonly at: 'headers' | 'request'; readonly steps: readonly ScriptStep[] | Handler }

/** What a fake server can be told to do. Bare steps and bare functions start at `request`. */
export type Responder = Script | readonly ScriptStep[] | Handler

/** The bytes of either spelling. */
export function toBytes(bytes: Bytes): Uint8Array {
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
}

/** Brings the three spellings of a responder to one. */
export function toScript(responder: Responder): Script {
  if (typeof responder === 'function') return { at: 'request', steps: responder }
  if ('steps' in responder) return responder
  return { at: 'request', steps: responder }
}

/** A whole answer with a known length. Text and bytes go as they are, anything else as JSON. */
export function reply(status: number, body: unknown, headers: HeaderFields = {}): ScriptStep[] {
  const plain = typeof body === 'string' || body instanceof Uint8Array
  const bytes = toBytes(plain ? body : JSON.stringify(body))
  const type = { 'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json' }
  const length = { 'content-length': String(bytes.byteLength) }
  const head: HeadStep = { do: 'head', status, headers: { ...type, ...length, ...headers } }
  return [head, { do: 'write', bytes }, { do: 'end' }]
}

/** An event stream: 200, `text/event-stream`, one write per frame, and a complete end. */
export function eventStream(frames: readonly Bytes[], headers: HeaderFields = {}): ScriptStep[] {
  const type = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }
  return [
    { do: 'head', status: 200, headers: { ...type, ...headers } },
    ...frames.map((bytes): WriteStep => ({ do: 'write', bytes })),
    { do: 'end' },
  ]
}
