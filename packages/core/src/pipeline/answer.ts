import type { Attempt, AttemptFailure } from '../attempt/attempt.ts'
import { pickHeaders } from '../attempt/wire-request.ts'
import type { AnswerSink, Headers } from '../body.ts'
import type { CallInput } from '../call.ts'
import type { Clock, Timer } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { EncodeContext } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import type { CallState } from './call-state.ts'

/** Header fields of every event stream, so that no proxy on the way collects or changes it. */
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

/**
 * The answer to one client: commits a status exactly once, keeps a waiting client alive, and ends honestly whatever
 * happens.
 */
export class Answer {
  readonly #sink: AnswerSink
  readonly #input: CallInput
  readonly #id: string
  readonly #clock: Clock
  #keepAlive: Timer | undefined
  /** The attempt whose answer flows to the client. */
  #delivered: Attempt<Uint8Array> | undefined
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

  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** After `holdMs` of silence a streaming client gets keep-alives, which commits status 200. */
  keepAlive(call: CallState, { holdMs, keepAliveMs }: CallLimits): void {
    const { stream, framing } = call.head
    if (!stream || holdMs === 0 || framing === 'opaque' || framing === 'json') return
    const bytes = this.#input.dialect.keepAlive(framing)
    const beat = () => {
      if (this.#state === 'waiting') this.#start(200, streamHeadersFor(call))
      if (this.#state !== 'open') return
      this.#sink.write(bytes)
      this.#keepAlive = this.#clock.after(keepAliveMs, beat)
    }
    this.#keepAlive = this.#clock.after(holdMs, beat)
  }

  /** Lets an attempt's answer flow to the client. Resolves when it has ended, whichever way. */
  deliver(call: CallState, attempt: Attempt<Uint8Array>): Promise<GatewayError | undefined> {
    this.#keepAlive?.cancel()
    this.#delivered = attempt
    return new Promise((resolve) => {
      const whole = call.head.framing === 'json' && attempt.route.way !== 'relay'
      this.#sink.onDrain(() => attempt.resume())
      if (!whole) this.#commit(call, attempt)
      attempt.deliver({
        item: (bytes) => {
          if (this.#state === 'ended') return
          if (whole) this.#endWhole(call, attempt, bytes)
          else if (!this.#sink.write(bytes)) attempt.pause()
        },
        end: () => {
          this.#end()
          resolve(undefined)
        },
        fail: (error, told) => {
          this.#break(error, told)
          resolve(error)
        },
      })
    })
  }

  /** Answers with an error: as the provider said it where that is the caller's own fault, else in our words. */
  fail(
    { error, raw }: AttemptFailure,
    context: { readonly route?: Route; readonly encode?: EncodeContext },
  ): void {
    this.#keepAlive?.cancel()
    if (this.#state === 'ended') return
    if (this.#state === 'open') {
      if (this.#delivered === undefined) this.#endStream(error, context.encode)
      else this.#break(error, false)
      return
    }
    const { dialect, errorForm } = this.#input
    if (raw !== undefined && isRelayed(error, context.route)) {
      const allowed = [...dialect.responseHeaders, 'content-type']
      this.#start(raw.status, {
        ...pickHeaders(raw.headers, allowed),
        ...lengthOf(raw.body),
        ...routeHeader(context.route),
      })
      this.#end(raw.body)
      return
    }
    const encoded = dialect.encodeError(error, errorForm)
    this.#start(encoded.status, {
      ...encoded.headers,
      ...lengthOf(encoded.body),
      ...routeHeader(context.route),
    })
    this.#end(encoded.body)
  }

  /** A whole answer, stream or not, that the gateway gives itself. */
  reply(call: CallState, bytes: Uint8Array): void {
    const type = call.head.stream ? streamHeadersFor(call) : { 'content-type': 'application/json' }
    this.#start(200, { ...type, ...annotationsOf(call), ...lengthOf(bytes) })
    this.#end(bytes)
  }

  /** The client went away: nothing more is written. */
  drop(): void {
    this.#keepAlive?.cancel()
    this.#state = 'ended'
  }

  #commit(call: CallState, attempt: Attempt<Uint8Array>): void {
    if (this.#state !== 'waiting') return
    const { status } = attempt.answer
    this.#start(attempt.route.way === 'relay' ? status : 200, this.#answerHeaders(call, attempt))
  }

  #endWhole(call: CallState, attempt: Attempt<Uint8Array>, bytes: Uint8Array): void {
    this.#start(200, { ...this.#answerHeaders(call, attempt), ...lengthOf(bytes) })
    this.#end(bytes)
  }

  #answerHeaders(call: CallState, attempt: Attempt<Uint8Array>): Headers {
    const { route, answer, dropped } = attempt
    const own = {
      ...routeHeader(route),
      ...(dropped.length === 0 ? {} : { 'x-jackfield-dropped': headerText(dropped.join(', ')) }),
      ...annotationsOf(call),
    }
    if (call.head.stream && route.way !== 'relay') {
      return {
        ...pickHeaders(answer.headers, this.#input.dialect.responseHeaders),
        ...streamHeadersFor(call),
        ...own,
      }
    }
    const allowed = [
      ...this.#input.dialect.responseHeaders,
      'content-type',
      ...(route.way === 'relay' ? relayHeaders : []),
    ]
    return { 'content-type': 'application/json', ...pickHeaders(answer.headers, allowed), ...own }
  }

  #start(status: number, headers: Headers): void {
    this.#state = 'open'
    this.status = status
    this.#sink.start(status, { ...headers, 'x-jackfield-request-id': this.#id })
  }

  #end(bytes?: Uint8Array): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#sink.end(bytes)
  }

  #break(error: GatewayError, told: boolean): void {
    if (told) this.#end()
    else this.#endWith(() => this.#delivered?.answer.flow.interruption(error))
  }

  /** Keep-alives have committed status 200, so the error becomes an event of the stream. */
  #endStream(error: GatewayError, encode: EncodeContext | undefined): void {
    const { chat } = this.#input.dialect
    this.#endWith(() => encode && chat.streamEncoder(encode).push([{ type: 'error', error }]))
  }

  /** Ends with what tells the client that the answer broke; where nothing can, the broken connection does. */
  #endWith(describe: () => Uint8Array | undefined): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    const bytes = orNothing(describe)
    if (bytes === undefined) this.#sink.destroy()
    else this.#sink.end(bytes)
  }
}

/** An encoder that broke the answer may break again. */
function orNothing(describe: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return describe()
  } catch {
    // The failure that is being told has been reported already; this one is its echo.
    return undefined
  }
}

/** What a relayed answer needs besides, to be the same document for the client. */
const relayHeaders = [
  'content-length',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'location',
]

/** Failures that are about our account or route, not about the request: never shown as the provider said them. */
const ours = new Set([
  'upstream_credentials_rejected',
  'upstream_rate_limited',
  'upstream_quota_exhausted',
])

function isRelayed(error: GatewayError, route: Route | undefined): boolean {
  if (route?.way === 'forward') return error.policy.callerFault
  return route?.way === 'relay' && !ours.has(error.code) && (error.upstream?.status ?? 500) < 500
}

function streamHeadersFor(call: CallState): Headers {
  if (call.head.framing === 'sse') return streamHeaders
  return { ...streamHeaders, 'content-type': 'application/json; charset=utf-8' }
}

function lengthOf(bytes: Uint8Array): Headers {
  return { 'content-length': String(bytes.length) }
}

function routeHeader(route: Route | undefined): Headers {
  if (route === undefined) return {}
  const { backend, target, model } = route
  return { 'x-jackfield-route': headerText(`${backend}.${target}:${model}`) }
}

/** What stages added: their texts may come from anywhere. */
function annotationsOf({ annotations }: CallState): Headers {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [name, headerText(text)]),
  )
}

/** A text that may stand in a header: everything but printable ASCII is percent-encoded. */
function headerText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return text.replace(/[^ -~]/gu, (character) =>
    encodeURIComponent(character.isWellFormed() ? character : '\ufffd'),
  )
}
