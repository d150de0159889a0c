import type { Attempt, AttemptFailure } from '../attempt/attempt.ts'
import { type PickedHeaders, pickHeaders } from '../attempt/header-list.ts'
import { encodeContext } from '../attempt/start-attempt.ts'
import type { AnswerSink, Headers } from '../body.ts'
import type { CallInput } from '../call.ts'
import type { Clock, Timer } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import {
  annotationHeaders,
  droppedHeader,
  isRelayed,
  lengthOf,
  rawHeaders,
  relayHeaders,
  routeHeader,
  streamHeaders,
  typeOnly,
} from './answer-headers.ts'
import type { CallState } from './call-state.ts'

/**
 * The answer to one client: commits a status exactly once, keeps a waiting client alive, and ends honestly whatever
 * happens.
 */
export class Answer {
  #sink: AnswerSink
  readonly #input: CallInput
  readonly #id: string
  readonly #clock: Clock
  #call: CallState | undefined
  #attempt: Attempt<Uint8Array> | undefined
  #keepAlive: Timer | undefined
  #state: 'waiting' | 'open' | 'ended' = 'waiting'
  /** Status that the client sees; 499 until one is committed. */
  status = 499

  constructor(options: {
    readonly sink: AnswerSink
    readonly input: CallInput
    readonly id: string
    readonly clock: Clock
  }) {
    this.#sink = options.sink
    this.#input = options.input
    this.#id = options.id
    this.#clock = options.clock
  }

  /** The call's head could be read: from now on the answer knows what the client waits for. `watch`: looks at it on its way. */
  enter(call: CallState, watch?: (sink: AnswerSink) => AnswerSink): void {
    this.#call = call
    if (watch !== undefined) this.#sink = watch(this.#sink)
  }

  /** After `holdMs` of silence a streaming client gets keep-alives, which commits status 200. */
  keepAlive({ holdMs, keepAliveMs }: CallLimits): void {
    const head = this.#call?.head
    if (head === undefined || !head.stream || holdMs === 0) return
    const { framing } = head
    if (framing === 'opaque' || framing === 'json') return
    const bytes = this.#input.dialect.keepAlive(framing)
    const beat = () => {
      if (this.#state === 'waiting') this.#start(200, { ...streamHeaders(framing) })
      this.#sink.write(bytes)
      this.#keepAlive = this.#clock.after(keepAliveMs, beat)
    }
    this.#keepAlive = this.#clock.after(holdMs, beat)
  }

  /** Lets an attempt's answer flow to the client. Its `outcome` says when that has ended. Throws what the sink throws. */
  deliver(attempt: Attempt<Uint8Array>): void {
    this.#keepAlive?.cancel()
    if (this.#state === 'ended') return
    this.#attempt = attempt
    const isWhole = this.#call?.head.framing === 'json' && attempt.route.way !== 'relay'
    if (!isWhole) {
      this.#sink.onDrain(() => attempt.resume())
      this.#commit(attempt)
    }
    attempt.deliver({
      item: (bytes) => {
        if (this.#state === 'ended') return
        if (isWhole) this.#endWhole(attempt, bytes)
        else if (!this.#sink.write(bytes)) attempt.pause()
      },
      end: () => this.end(),
      fail: (error, told) => {
        if (told) this.end()
        else this.#interrupt(error)
      },
    })
  }

  /** Answers with an error: as the provider said it where that is the caller's own fault, else in our words. */
  fail(failure: AttemptFailure, route?: Route): void {
    if (this.#input.signal.aborted) this.drop()
    this.#keepAlive?.cancel()
    if (this.#state === 'open') this.#interrupt(failure.error)
    if (this.#state !== 'waiting') return
    try {
      this.#failWhole(failure, route)
    } catch {
      // A connection that refuses the head of an error takes nothing any more.
      this.#state = 'ended'
      this.#sink.destroy()
    }
  }

  /** A whole answer, stream or not, that the gateway gives itself. */
  reply(bytes: Uint8Array, framing = this.#call?.head.framing): void {
    if (this.#input.signal.aborted) this.drop()
    if (this.#state !== 'waiting' || framing === undefined) return
    const isStream = framing === 'sse' || framing === 'json-array'
    const type = isStream ? streamHeaders(framing) : { 'content-type': 'application/json' }
    this.#start(200, { ...type, ...lengthOf(bytes), ...this.#annotations })
    this.end(bytes)
  }

  /** The regular end. Idempotent. */
  end(bytes?: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#sink.end(bytes)
  }

  /** The client went away: nothing more is written. */
  drop(): void {
    this.#keepAlive?.cancel()
    this.#state = 'ended'
  }

  get #annotations(): Headers {
    return annotationHeaders(this.#call?.annotations)
  }

  #failWhole({ error, raw }: AttemptFailure, route: Route | undefined): void {
    const { dialect, errorForm } = this.#input
    const own = { ...routeHeader(route), ...this.#annotations }
    if (raw !== undefined && isRelayed(error, route)) {
      this.#start(raw.status, { ...rawHeaders(raw, dialect), ...own })
      this.end(raw.body)
      return
    }
    const encoded = dialect.encodeError(error, errorForm)
    this.#start(encoded.status, { ...encoded.headers, ...lengthOf(encoded.body), ...own })
    this.end(encoded.body)
  }

  #commit(attempt: Attempt<Uint8Array>): void {
    if (this.#state !== 'waiting') return
    const { status } = attempt.answer
    this.#start(attempt.route.way === 'relay' ? status : 200, this.#answerHeaders(attempt))
  }

  #endWhole(attempt: Attempt<Uint8Array>, bytes: Uint8Array): void {
    const headers = this.#answerHeaders(attempt)
    headers['content-length'] = String(bytes.length)
    this.#start(200, headers)
    this.end(bytes)
  }

  /** One object, filled step by step: copies of it were a good part of what an answer costs. */
  #answerHeaders({ route, answer, dropped }: Attempt<Uint8Array>): PickedHeaders {
    const headers = this.#providerHeaders(answer.headers, route)
    return Object.assign(headers, routeHeader(route), droppedHeader(dropped), this.#annotations)
  }

  #providerHeaders(given: Headers, { way }: Route): PickedHeaders {
    const { responseHeaders } = this.#input.dialect
    const head = this.#call?.head
    if (way === 'relay') return relayHeaders(given, responseHeaders)
    const picked = pickHeaders(given, responseHeaders, typeOnly)
    if (head?.stream === true) return Object.assign(picked, streamHeaders(head.framing))
    picked['content-type'] ??= 'application/json'
    return picked
  }

  /** Takes the headers over. */
  #start(status: number, headers: PickedHeaders): void {
    headers['x-jackfield-request-id'] = this.#id
    this.#sink.start(status, headers)
    this.#state = 'open'
    this.status = status
  }

  /** The status is committed: the error becomes an event of the stream, or the connection is closed. */
  #interrupt(error: GatewayError): void {
    if (this.#state === 'ended') return
    const bytes = this.#interruption(error)
    this.#state = 'ended'
    if (bytes === undefined) this.#sink.destroy()
    else this.#sink.end(bytes)
  }

  #interruption(error: GatewayError): Uint8Array | undefined {
    try {
      if (this.#attempt !== undefined) return this.#attempt.answer.flow.interruption(error)
      // Nothing but keep-alives went out so far.
      if (this.#call === undefined) return undefined
      const context = encodeContext({ clock: this.#clock }, this.#call)
      return this.#input.dialect.chat.streamEncoder(context).push([{ type: 'error', error }])
    } catch {
      // What watched or encoded the stream is broken: only the connection can still tell.
      return undefined
    }
  }
}
