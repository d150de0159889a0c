import type { WireRequest } from '../backend.ts'
import type { Headers } from '../body.ts'
import { patchObject } from '../body-patch.ts'
import { withSettings } from '../chat/settings.ts'
import type { Dialect } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { CallState } from '../pipeline/call-state.ts'
import { type Leg, wireModel } from './leg.ts'

const noPatches = [] as const

/** The client's bytes with the edits spliced in. Names what the backend's patches take out in `dropped`. */
export function forwardedRequest(leg: Leg, call: CallState, dropped: string[]): WireRequest {
  const { handling, head, settings } = leg
  if (handling.way !== 'forward') throw wrongWay(handling.way)
  const bytes = call.bytes
  if (bytes === undefined) throw wrongWay('forward without a body')
  const model = wireModel(leg)
  const { document } = call.head
  for (const patch of handling.patches ?? noPatches) {
    if ('remove' in patch && document?.get(patch.remove) !== undefined) dropped.push(patch.remove)
  }
  const body = handling.dialect.editRequest(bytes, call.head, {
    ...(model === call.head.model ? {} : { model }),
    overrides: settings.overrides,
    defaults: settings.defaults,
    includeUsage: hidesUsage(leg),
    patches: handling.patches ?? noPatches,
    texts: call.texts,
  })
  const path = handling.dialect.requestPath({
    operation: head.operation,
    model,
    stream: head.stream,
    framing: head.framing,
    input: call.input,
  })
  return {
    surface: handling.surface,
    operation: head.operation,
    model,
    method: 'POST',
    path: withQuery(path, call.query),
    headers: pickHeaders(call.headers, handling.dialect.requestHeaders),
    body,
    framing: head.framing,
  }
}

/** Whether the gateway asks for usage that the client did not ask for. */
export function hidesUsage({ head, environment }: Leg): boolean {
  return environment.ensureUsage && head.stream && !head.includeUsage
}

/** The request encoded anew for the surface's dialect. Names what could not be expressed in `dropped`. */
export function translatedRequest(leg: Leg, dropped: string[]): WireRequest {
  const { handling, head, settings } = leg
  if (handling.way !== 'translate' && handling.way !== 'forward') throw wrongWay(handling.way)
  const streaming = handling.way === 'translate' ? handling.streaming : 'as-asked'
  const stream = streaming === 'as-asked' ? head.stream : streaming === 'always'
  const model = wireModel(leg)
  const request = withSettings(leg.request(), settings)
  requireOneCandidate(request.candidates)
  const encoded = handling.dialect.chat.encodeRequest({ ...request, model, stream })
  dropped.push(...encoded.dropped)
  const body = JSON.stringify(patchObject(encoded.body, handling.patches ?? noPatches))
  const framing = stream ? 'sse' : 'json'
  return {
    surface: handling.surface,
    operation: 'chat',
    model,
    method: 'POST',
    path: handling.dialect.requestPath({
      operation: upstreamOperation(handling.dialect),
      model,
      stream,
      framing,
    }),
    headers: {},
    body: Buffer.from(body),
    framing,
  }
}

/** Bytes as they came, for operations that the gateway does not look into. */
export function relayedRequest(leg: Leg, call: CallState): WireRequest {
  const { handling, head } = leg
  if (handling.way !== 'relay') throw wrongWay(handling.way)
  const model = wireModel(leg)
  const { body } = call.input
  const { model: named } = call.head
  const isRenamed = call.bytes !== undefined && named !== undefined && named !== model
  const edited = isRenamed ? handling.dialect.editRequest(call.bytes, call.head, { model }) : body
  const path = handling.dialect.requestPath({
    operation: head.operation,
    model,
    stream: head.stream,
    framing: head.framing,
    input: call.input,
  })
  return {
    surface: handling.surface,
    operation: head.operation,
    model,
    method: call.input.method,
    path: withQuery(path, call.query),
    headers: pickHeaders(call.headers, [
      ...handling.dialect.requestHeaders,
      'content-type',
      'accept',
      'range',
      ...(call.source === undefined ? [] : ['content-length']),
    ]),
    ...(edited === undefined ? {} : { body: edited }),
    framing: head.framing,
  }
}

function upstreamOperation(dialect: Dialect): 'chat' | 'completions' {
  return dialect.operations.has('chat') ? 'chat' : 'completions'
}

/** The client's query goes along, unless the dialect's path has one of its own. */
function withQuery(path: string, query: string): string {
  return query === '' || path.includes('?') ? path : `${path}?${query}`
}

/** The header fields that a list allows; `name-*` allows every name that starts so. */
export function pickHeaders(headers: Headers, allowed: readonly string[]): Headers {
  const picked: Record<string, string | readonly string[]> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined && isAllowed(name, allowed)) picked[name] = value
  }
  return picked
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry,
  )
}

function requireOneCandidate(candidates: number | undefined): void {
  if (candidates === undefined || candidates === 1) return
  throw new GatewayError(
    'unsupported_capability',
    'More than one answer per request (`n`) works only where the backend speaks the client’s protocol.',
    { param: 'n' },
  )
}

function wrongWay(way: string): GatewayError {
  return new GatewayError('internal', `An attempt was prepared for the wrong way (${way}).`)
}
