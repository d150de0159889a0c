import {
  type BodySource,
  type Clock,
  type Framing,
  GatewayError,
  type Headers,
  headerValue,
  type Timeouts,
  toGatewayError,
} from '@jackfield/core'
import type { Dispatcher } from 'undici'
import {
  abortError,
  networkError,
  originOf,
  type Progress,
  timeoutError,
  tooLarge,
} from '../errors/network-error.ts'
import type { Upstream } from '../errors/upstream.ts'
import { detectFraming } from '../framing.ts'
import type { Connection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { Deadlines, type Limit } from './deadlines.ts'
import type { Waiter } from './origin-pool.ts'
import { type Flow, ResponseBody } from './response-body.ts'
import { Upload, type UploadObserver } from './upload.ts'

/** One HTTP request, ready to be sent. */
export interface OutgoingRequest {
  readonly origin: string
  readonly method: string
  /** Path and query, or a whole URL for a proxy. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body?: Uint8Array | BodySource
  /** Framing of the answer that is hoped for. */
  readonly framing: Framing
  /** Bytes that an answer in one piece may have; `0`: any number. */
  readonly maxBytes: number
  readonly upstream: Upstream
}

/** What a request is bound to. */
export interface ExchangeContext {
  readonly pool: ConnectionPool
  readonly clock: Clock
  readonly timeouts: Timeouts
  readonly signal: AbortSignal
}

/** The head of an answer with its body to come. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly framing: Framing
  readonly body: BodySource
}

/** Sends a request. Resolves with the head of the answer, or with the reason why there is none; never rejects. */
export function exchange(
  request: OutgoingRequest,
  context: ExchangeContext,
): Promise<Answer | GatewayError> {
  return new Promise((resolve) => new Exchange(request, context, resolve).begin())
}

const once = { once: true } as const

/**
 * The exchange whose bytes undici is parsing at this moment. Its parser is not re-entrant: resuming another answer
 * from inside a callback of this one would break both.
 */
let parsing: Exchange | undefined

/**
 * One request and its answer, as one object without closures per chunk: undici's handler and waiter for a connection. It
 * ends exactly once, whoever comes first: the upstream, a limit, the signal or the receiver.
 */
class Exchange implements Dispatcher.DispatchHandler, Flow, UploadObserver, Waiter {
  readonly #request: OutgoingRequest
  readonly #context: ExchangeContext
  readonly #settle: (answer: Answer | GatewayError) => void
  readonly #deadlines: Deadlines
  readonly #body = new ResponseBody(this)
  // A function, not an object with `handleEvent`: Node 24 wraps those in a way that keeps them until a full collection.
  readonly #onAbort = (): void => {
    this.#break(abortError(this.#context.signal.reason), true)
  }
  #connection: Connection | undefined
  #controller: Dispatcher.DispatchController | undefined
  #upload: Upload | undefined
  #progress: Progress = 'connecting'
  #over = false
  #maxBytes = 0
  #received = 0

  constructor(
    request: OutgoingRequest,
    context: ExchangeContext,
    settle: (answer: Answer | GatewayError) => void,
  ) {
    this.#request = request
    this.#context = context
    this.#settle = settle
    this.#deadlines = new Deadlines(context.clock, context.timeouts, {
      whole: request.framing === 'json',
      expire: (limit, ms) => this.#expire(limit, ms),
    })
  }

  begin(): void {
    const { pool, signal } = this.#context
    if (signal.aborted) {
      this.#onAbort()
      return
    }
    signal.addEventListener('abort', this.#onAbort, once)
    pool.take(this.#request.origin, this)
  }

  granted(connection: Connection): void {
    this.#connection = connection
    const { method, path, headers, body } = this.#request
    connection.dispatch({ method, path, headers, body: this.#bodyOf(body) }, this)
  }

  turnedAway(): void {
    const { upstream } = this.#request
    this.#break(
      new GatewayError(
        'upstream_unreachable',
        `${upstream.backend} was shut down before the request could be sent.`,
        originOf(upstream),
      ),
    )
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#progress = 'waiting'
    this.#deadlines.sent()
  }

  onRequestSent(): void {
    if (this.#upload !== undefined) this.#deadlines.progress()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Headers,
  ): void {
    // 102 and 103 announce an answer without being one.
    if (this.#over || status < 200) return
    const framing = detectFraming(headers, this.#request.framing)
    this.#maxBytes = framing === 'json' && status < 400 ? this.#request.maxBytes : 0
    if (this.#exceeds(Number(headerValue(headers, 'content-length') ?? 0))) return
    this.#progress = 'answering'
    this.#deadlines.answered(framing === 'json' || status >= 400)
    this.#settle({ status, headers, framing, body: this.#body })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#over) return
    this.#deadlines.progress()
    this.#received += chunk.length
    if (this.#exceeds(this.#received)) return
    const outer = parsing
    parsing = this
    try {
      this.#body.push(chunk)
    } catch (error) {
      this.#break(toGatewayError(error))
    } finally {
      parsing = outer
    }
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#leave()
    this.#connection?.release()
    const outer = parsing
    parsing = this
    try {
      this.#body.end()
    } finally {
      parsing = outer
    }
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#break(networkError(error, this.#progress, this.#request.upstream))
  }

  starved(): void {
    if (this.#progress === 'waiting') this.#deadlines.suspend()
  }

  fed(): void {
    if (this.#progress === 'waiting') this.#deadlines.resume()
  }

  hold(): void {
    if (this.#over) return
    this.#deadlines.suspend()
    this.#controller?.pause()
  }

  release(): void {
    if (this.#over) return
    this.#deadlines.resume()
    if (parsing === undefined || parsing === this) this.#controller?.resume()
    else queueMicrotask(() => this.#releaseLater())
  }

  stop(): void {
    if (!this.#over) this.#disconnect()
  }

  #releaseLater(): void {
    if (!this.#over && !this.#body.paused) this.#controller?.resume()
  }

  #bodyOf(body: OutgoingRequest['body']): Uint8Array | Upload | null {
    if (body === undefined) return null
    if (body instanceof Uint8Array) return body
    this.#upload = new Upload(body, this)
    return this.#upload
  }

  #exceeds(bytes: number): boolean {
    if (this.#maxBytes === 0 || bytes <= this.#maxBytes) return false
    this.#break(tooLarge(this.#maxBytes, this.#request.upstream))
    return true
  }

  #expire(limit: Limit, ms: number): void {
    this.#break(timeoutError(limit, ms, this.#request.upstream))
  }

  /** Ends the exchange before its time and tells whoever waits for it. `unwanted`: what is still held is dropped. */
  #break(error: GatewayError, unwanted = false): void {
    if (this.#over) return
    this.#disconnect()
    if (this.#progress !== 'answering') this.#settle(error)
    else if (unwanted) this.#body.abort(error)
    else this.#body.fail(error)
  }

  #disconnect(): void {
    this.#leave()
    this.#context.pool.forget(this.#request.origin, this)
    this.#connection?.destroy()
  }

  /** Lets go of everything that refers to this exchange. */
  #leave(): void {
    this.#over = true
    this.#deadlines.stop()
    this.#upload?.destroy()
    this.#context.signal.removeEventListener('abort', this.#onAbort)
  }
}
