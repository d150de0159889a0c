import type { Gate } from './gate.ts'
import type { ListenerMode } from './listener.ts'
import type { EndState, RecordedConnection, RecordedRequest } from './recorded-request.ts'
import type { Responder } from './script.ts'
import { ScriptedServer } from './scripted-server.ts'
import { systemTimer, type Timer } from './timer.ts'

/** Settings of a fake server. */
export interface FakeServerOptions {
  /** Clock of `delay` steps and of `waitForStall`; real time unless given. */
  readonly timer?: Timer
}

/** A real HTTP/1.1 server on 127.0.0.1 that does what a script says and records what it receives. All promises reject when it is closed. */
export interface FakeServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** In the order in which their heads arrived. */
  readonly requests: readonly RecordedRequest[]
  readonly connections: readonly RecordedConnection[]
  /** What the HTTP parser said of requests that were not valid HTTP; they were answered with 400 or 431 and are not in `requests`. */
  readonly malformedRequests: readonly Error[]
  /** What to do with every request (or connection) from now on. */
  respondWith(responder: Responder): void
  /** What to do with the next one only; several calls queue up. `respondWith` does not clear the queue. */
  respondOnce(responder: Responder): void
  /** The gate of that name; it exists from its first mention, here or in a script. */
  gate(name: string): Gate
  /** Changes what happens to new connections. */
  setListener(mode: ListenerMode): Promise<void>
  /** Closes every open connection, idle or not; the requests on them count as `broken`. */
  dropConnections(): Promise<void>
  /** The request number `count` (from 1; default: the next one from now) when it is complete or its script has started. */
  waitForRequest(count?: number): Promise<RecordedRequest>
  /** The connection number `count` (from 1; default: the next one from now). */
  waitForConnection(count?: number): Promise<RecordedConnection>
  /** Resolves when the request has come to `state`; rejects when it has ended in another one. */
  waitForState(request: RecordedRequest, state: EndState): Promise<void>
  /** Resolves with `abortedAt` when the client has gone away before the answer was complete; rejects when the answer ended otherwise. */
  waitForAbort(request: RecordedRequest): Promise<number>
  /** Resolves with `bytesSent` when the client has not taken a pending write for `quietMs` (50): back-pressure has arrived here. */
  waitForStall(request: RecordedRequest, quietMs?: number): Promise<number>
  /**
   * Ends listening, connections and scripts, and leaves nothing behind; a second call does nothing. Rejects with an
   * `AggregateError` when a script or handler was faulty.
   */
  close(): Promise<void>
}

/** Starts a server that does `responder` for every request. The caller closes it. */
export async function startFakeServer(
  responder: Responder,
  options: FakeServerOptions = {},
): Promise<FakeServer> {
  const server = new ScriptedServer(responder, options.timer ?? systemTimer)
  await server.setListener('accept')
  return server
}
