import {
  GatewayError,
  type Headers,
  headerValue,
  isGatewayError,
  type RawAnswer,
  type Target,
  type WireRequest,
  type WireResult,
} from '@jackfield/core'
import { originOf } from './errors/network-error.ts'
import {
  amendError,
  describeUpstream,
  type Upstream,
  upstreamRequestId,
} from './errors/upstream.ts'
import { mediaType } from './framing.ts'
import type { Envelope, Surface } from './surface.ts'
import { readBounded } from './transport/bounded-body.ts'
import { DecodedBody, isDecodable } from './transport/decoded-body.ts'
import type { Answer } from './transport/exchange.ts'
import { UnwrappedBody, unwrapWhole } from './transport/unwrapped-body.ts'

/** What an answer is judged by. */
export interface AnswerContext {
  readonly surface: Surface
  readonly request: WireRequest
  readonly target: Target
  readonly upstream: Upstream
  readonly maxBytes: number
}

/** An error's text is needed for its class and for the caller; nobody needs more of it. */
const maxErrorBytes = 64 * 1024

/**
 * Tells good answers from failures. The body of a good one is still to come; that of a failure is read, bounded, and is all that is
 * waited for.
 */
export function acceptAnswer(
  answer: Answer,
  context: AnswerContext,
): WireResult | Promise<WireResult> {
  const plain = undoEncoding(answer, context)
  if (answer.status >= 400) return readRefusal(plain, answer, context)
  if (isGatewayError(plain)) return reject(answer, plain)
  const reason = whyUnusable(plain, context)
  if (reason !== undefined) return reject(plain, reason)
  return { ok: openEnvelope(plain, context) }
}

function reject(answer: Answer, failed: GatewayError): WireResult {
  answer.body.cancel(failed)
  return { failed }
}

function isRelayed({ operation }: WireRequest): boolean {
  return operation === 'opaque' || operation === 'resource'
}

/** Answers without what was asked for, that are no errors either. */
function whyUnusable(
  answer: Answer,
  { request, upstream }: AnswerContext,
): GatewayError | undefined {
  if (isRelayed(request)) return undefined
  const { status, headers } = answer
  if (status >= 300) return unusable(`redirected to ${redirectHost(headers)}`, upstream)
  if (status === 204 || status === 205)
    return unusable(`answered ${status} without content`, upstream)
  if (mediaType(headers) === 'text/html') return unusable('answered with a web page', upstream)
  return undefined
}

function unusable(what: string, upstream: Upstream): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `${describeUpstream(upstream)} ${what}. Check base_url: it may lack its path or version (such as /v1).`,
    originOf(upstream),
  )
}

/** The host only: the rest of a redirect may carry a signature. */
function redirectHost(headers: Headers): string {
  const location = headerValue(headers, 'location') ?? ''
  return URL.canParse(location) ? new URL(location).host : 'another path'
}

function undoEncoding(answer: Answer, context: AnswerContext): Answer | GatewayError {
  const encoding = (headerValue(answer.headers, 'content-encoding') ?? '').trim().toLowerCase()
  const empty = answer.status === 204 || answer.status === 304 || context.request.method === 'HEAD'
  if (encoding === '' || encoding === 'identity' || empty) return answer
  const { upstream, request, maxBytes } = context
  if (!isDecodable(encoding)) {
    return new GatewayError(
      'upstream_invalid_response',
      `${describeUpstream(upstream)} compressed its answer in a way that was not asked for and is not known.`,
      originOf(upstream),
    )
  }
  const limited = answer.framing === 'json' && request.operation !== 'opaque'
  const body = new DecodedBody(answer.body, {
    encoding,
    maxBytes: limited ? maxBytes : 0,
    upstream,
  })
  const { 'content-encoding': _, 'content-length': __, ...headers } = answer.headers
  return { ...answer, headers, body }
}

/** `plain`: the answer, or why its body cannot be read; its status tells enough. */
async function readRefusal(
  plain: Answer | GatewayError,
  answer: Answer,
  context: AnswerContext,
): Promise<WireResult> {
  const { status } = answer
  if (isGatewayError(plain)) {
    answer.body.cancel(plain)
    const raw: RawAnswer = { status, headers: answer.headers, body: new Uint8Array(0) }
    return { failed: classify(raw, context), raw }
  }
  const { bytes } = await readBounded(plain.body, maxErrorBytes)
  const raw: RawAnswer = { status, headers: plain.headers, body: bytes }
  return { failed: classify(raw, context), raw }
}

function classify(raw: RawAnswer, context: AnswerContext): GatewayError {
  const { surface, request, target, upstream } = context
  const decoded = surface.dialect.decodeError(raw)
  const error = surface.classify?.(raw, decoded) ?? decoded
  const requestId = upstreamRequestId(raw.headers)
  return amendError(isRelayed(request) ? asMissing(error) : error, {
    upstream: {
      ...originOf(upstream).upstream,
      status: raw.status,
      ...(requestId === undefined ? {} : { requestId }),
    },
    ...(error.policy.retry === 'refresh' && target.refresh !== undefined
      ? { recover: 'refresh' as const }
      : {}),
  })
}

/** A stored thing that is not there is the caller's affair; the model and the target are none the worse for it. */
function asMissing(error: GatewayError): GatewayError {
  if (error.code !== 'upstream_model_unavailable') return error
  return new GatewayError('invalid_request', error.message, { status: error.status, cause: error })
}

function openEnvelope(answer: Answer, { surface, upstream }: AnswerContext): Answer {
  const { envelope } = surface
  if (envelope === undefined) return answer
  const asError = (error: unknown): GatewayError =>
    isGatewayError(error) ? error : unreadable(error, upstream)
  const body = new UnwrappedBody(answer.body, unwrapperOf(answer, envelope), asError)
  const { 'content-length': _, ...headers } = answer.headers
  return { ...answer, headers, body }
}

function unreadable(cause: unknown, upstream: Upstream): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `${describeUpstream(upstream)} sent an answer whose envelope cannot be understood.`,
    { ...originOf(upstream), cause },
  )
}

function unwrapperOf({ framing }: Answer, envelope: Envelope) {
  if (framing === 'json') return unwrapWhole((body) => envelope.unwrapBody(body))
  return envelope.unwrapStream()
}
