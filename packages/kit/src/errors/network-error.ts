import { type ErrorCode, GatewayError, isGatewayError } from '@jackfield/core'
import type { Limit } from '../transport/deadlines.ts'
import { ProxyRefusal } from '../transport/proxy.ts'
import { describeUpstream, type Upstream } from './upstream.ts'

/** How far a request had come. */
export type Progress = 'connecting' | 'waiting' | 'answering'

interface Words {
  readonly code: ErrorCode
  readonly what: string
  readonly check: string
}

const unreachable = (what: string, check: string): Words => ({
  code: 'upstream_unreachable',
  what,
  check,
})
const untrusted = (why: string): Words =>
  unreachable(
    `its TLS certificate ${why}`,
    'Check the host in base_url and this machine’s clock; name the authority of a private certificate in NODE_EXTRA_CA_CERTS',
  )
const noAddress = unreachable(
  'its host name has no address',
  'Check the host in base_url and this machine’s DNS',
)
const noRoute = unreachable(
  'there is no route to its address',
  'Check the host in base_url and this machine’s network',
)
const noAnswer: Words = {
  code: 'upstream_timeout',
  what: 'the connection attempt was not answered',
  check: 'Check host and port in base_url and the firewalls on the way',
}
const exhausted = (what: string): Words =>
  unreachable(what, 'Raise the limits of this machine, or lower the number of calls at once')

/** By `code` of the errors of `node:dns`, `node:net`, `node:tls` and undici. */
const table: Readonly<Record<string, Words>> = {
  ENOTFOUND: noAddress,
  ENODATA: noAddress,
  EAI_AGAIN: unreachable('its host name could not be looked up', 'Check this machine’s DNS'),
  EAI_FAIL: unreachable('its host name could not be looked up', 'Check this machine’s DNS'),
  ECONNREFUSED: unreachable(
    'the connection was refused',
    'Check host and port in base_url and that the server runs',
  ),
  ENETUNREACH: noRoute,
  EHOSTUNREACH: noRoute,
  ENETDOWN: noRoute,
  ETIMEDOUT: noAnswer,
  EMFILE: exhausted('this process has no file descriptor left'),
  ENFILE: exhausted('this machine has no file descriptor left'),
  EADDRNOTAVAIL: exhausted('this machine has no free port left'),
  CERT_HAS_EXPIRED: untrusted('has expired'),
  CERT_NOT_YET_VALID: untrusted('is not valid yet'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('has a self-signed authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('comes from an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT: untrusted('comes from an unknown authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('comes from an unknown authority'),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted('belongs to another host'),
  EPROTO: unreachable(
    'the TLS handshake failed',
    'Check whether base_url should begin with http:// or https://',
  ),
  UND_ERR_HEADERS_OVERFLOW: {
    code: 'upstream_invalid_response',
    what: 'its answer has more than 64 KB of headers',
    check: 'Check what answers there',
  },
}

const notHttp: Words = {
  code: 'upstream_invalid_response',
  what: 'its answer is not HTTP/1.1',
  check: 'Check port and protocol in base_url',
}

/**
 * What a failure below HTTP means, in words that say what to check. Holds neither credential nor path, and no reference to
 * the socket.
 */
export function networkError(error: unknown, progress: Progress, upstream: Upstream): GatewayError {
  if (isGatewayError(error)) return error
  const { code, message } = describeCause(error)
  if (error instanceof ProxyRefusal) return proxyError(error, upstream)
  if (code.startsWith('UND_ERR_INVALID')) return misuse(message, upstream)
  const { code: kind, what, check } = wordsFor(code, progress)
  const sentence = `${describeUpstream(upstream)} failed: ${what}${code === '' ? '' : ` (${code})`}. ${check}.`
  return new GatewayError(kind, sentence, {
    ...originOf(upstream),
    cause: plainCause(code, message),
  })
}

function wordsFor(code: string, progress: Progress): Words {
  const known = Object.hasOwn(table, code) ? table[code] : undefined
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return notHttp
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return unreachable(
      'the TLS handshake failed',
      'Check whether base_url should begin with http:// or https://',
    )
  }
  switch (progress) {
    case 'connecting':
      return unreachable('no connection could be made', 'Check host and port in base_url')
    case 'waiting':
      return unreachable(
        'it closed the connection without an answer',
        'Repeat the call; if it persists, check the server’s log',
      )
    case 'answering':
      return unreachable(
        'it closed the connection in the middle of its answer',
        'Repeat the call; if it persists, check the server’s log',
      )
  }
}

/** Why a limit ended a request, with its name and value. */
export function timeoutError(limit: Limit, ms: number, upstream: Upstream): GatewayError {
  const what = {
    connect: 'no connection stood',
    first_byte: 'no answer began',
    idle: 'its answer stood still',
    total: 'its answer was not complete',
  }[limit]
  const when = limit === 'idle' ? `for ${describeMs(ms)}` : `after ${describeMs(ms)}`
  return new GatewayError(
    'upstream_timeout',
    `${describeUpstream(upstream)} took too long: ${what} ${when} (timeouts.${limit}).`,
    originOf(upstream),
  )
}

/** `250 ms`, `30 s`. */
function describeMs(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}

/** Why a request ended on our side: the host's own reason where it gave one. */
export function abortError(reason: unknown): GatewayError {
  if (isGatewayError(reason)) return reason
  return new GatewayError('client_closed_request', 'The call was cancelled.', { cause: reason })
}

/** An answer in one piece went over its limit. */
export function tooLarge(maxBytes: number, upstream: Upstream): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `${describeUpstream(upstream)} answered with more than ${maxBytes} bytes. Raise max_response_size if that is meant.`,
    originOf(upstream),
  )
}

/** `upstream` for the options of an error. */
export function originOf(upstream: Upstream): { readonly upstream: UpstreamName } {
  return { upstream: { backend: upstream.backend, target: upstream.target } }
}

interface UpstreamName {
  readonly backend: string
  readonly target: string
}

function proxyError(error: ProxyRefusal, upstream: Upstream): GatewayError {
  const check =
    error.status === 407 ? 'its user name and password' : 'that it lets this host through'
  return new GatewayError(
    'upstream_unreachable',
    `The proxy ${upstream.proxy} refused the way to ${upstream.host} (${error.status}). Check ${check}.`,
    originOf(upstream),
  )
}

function misuse(message: string, upstream: Upstream): GatewayError {
  return new GatewayError('internal', `The request for ${upstream.backend} could not be sent.`, {
    ...originOf(upstream),
    cause: plainCause('UND_ERR_INVALID_ARG', message),
  })
}

/** Code and message of an error; of the first failed address where several were tried. */
function describeCause(error: unknown): { readonly code: string; readonly message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error
  if (!(first instanceof Error)) return { code: '', message: String(first) }
  // undici leaves the code of its parser's errors empty.
  const unnamed = first.name === 'HTTPParserError' ? 'HPE_INVALID' : ''
  const code = 'code' in first && typeof first.code === 'string' ? first.code : unnamed
  return { code, message: first.message }
}

/** The original may refer to a socket, a certificate or a piece of the answer. */
function plainCause(code: string, message: string): Error {
  return Object.assign(new Error(message), code === '' ? {} : { code })
}
