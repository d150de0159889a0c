import { type PickedHeaders, pickHeaders } from '../attempt/header-list.ts'
import type { Headers } from '../body.ts'
import type { Framing } from '../call.ts'
import type { Dialect, RawAnswer } from '../dialect.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'

/** Header fields of every event stream, so that no proxy on the way collects or changes it. */
const sseHeaders: Headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** The same for a stream that is one JSON document. */
const arrayHeaders: Headers = { ...sseHeaders, 'content-type': 'application/json; charset=utf-8' }

export function streamHeaders(framing: Framing): Headers {
  return framing === 'sse' ? sseHeaders : arrayHeaders
}

/** What a relayed answer needs besides, to be the same document for the client. */
const relayed = [
  'content-type',
  'content-length',
  'content-encoding',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
  'location',
] as const

/** Header fields of an answer whose bytes nobody looked into. */
export function relayHeaders(headers: Headers, responseHeaders: readonly string[]): PickedHeaders {
  return pickHeaders(headers, responseHeaders, relayed)
}

/** What says how to read an answer. */
export const typeOnly = ['content-type'] as const

/** Header fields of a provider's failure that the client gets as it came. */
export function rawHeaders({ headers, body }: RawAnswer, dialect: Dialect): Headers {
  return { ...pickHeaders(headers, dialect.responseHeaders, typeOnly), ...lengthOf(body) }
}

/** Failures that are about our account or route, not about the request: never shown as the provider said them. */
const ours: ReadonlySet<string> = new Set([
  'upstream_credentials_rejected',
  'upstream_rate_limited',
  'upstream_quota_exhausted',
])

/** Whether the client gets a provider's failure as it came. */
export function isRelayed(error: GatewayError, route: Route | undefined): boolean {
  if (route?.way === 'forward') return error.policy.callerFault
  return route?.way === 'relay' && !ours.has(error.code) && (error.upstream?.status ?? 500) < 500
}

export function lengthOf(bytes: Uint8Array): Headers {
  return { 'content-length': String(bytes.length) }
}

const none: Headers = {}

export function routeHeader(route: Route | undefined): Headers {
  if (route === undefined) return none
  const { backend, target, model } = route
  return { 'x-jackfield-route': headerText(`${backend}.${target}:${model}`) }
}

export function droppedHeader(dropped: readonly string[]): Headers {
  return dropped.length === 0 ? none : { 'x-jackfield-dropped': headerText(dropped.join(', ')) }
}

export function annotationHeaders(annotations: Readonly<Record<string, string>> = {}): Headers {
  const entries = Object.entries(annotations)
  if (entries.length === 0) return none
  return Object.fromEntries(entries.map(([name, value]) => [name, headerText(value)]))
}

/** Longest text that a header of ours carries: clients and proxies bound the size of heads. */
const maxHeaderLength = 1_000

const printable = /^[ -~]*$/
const unprintable = /[^ -~]/gu

/** A text that may stand in a header: everything but printable ASCII is percent-encoded. */
function headerText(text: string): string {
  if (text.length <= maxHeaderLength && printable.test(text)) return text
  return text
    .slice(0, maxHeaderLength)
    .replace(unprintable, (character) =>
      encodeURIComponent(character.isWellFormed() ? character : '\ufffd'),
    )
}
