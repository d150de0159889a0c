import type { WireRequest } from '../backend.ts'
import { patchObject } from '../body-patch.ts'
import { withSettings } from '../chat/settings.ts'
import type { Dialect, RequestChanges } from '../dialect.ts'
import type { BodyPatch } from '../edit.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { jsonBytes } from '../json/json-bytes.ts'
import type { CallState } from '../pipeline/call-state.ts'
import { pickHeaders } from './header-list.ts'
import { type Leg, originOf, wireModel } from './leg.ts'
import { convertUnary, type UnaryConversion } from './unary.ts'

const noPatches = [] as const

/** The client's bytes with the edits spliced in. Names what the backend's patches take out in `dropped`. */
export function forwardedBytes(leg: Leg, call: CallState, dropped: string[]): Uint8Array {
  const { handling, settings } = leg
  if (handling.way !== 'forward') throw wrongWay(handling.way)
  const bytes = call.bytes
  if (bytes === undefined) throw wrongWay('forward without a body')
  const model = wireModel(leg)
  const patches = handling.patches ?? noPatches
  dropped.push(...removedBy(patches, (name) => call.head.document?.get(name) !== undefined))
  return handling.dialect.editRequest(bytes, call.head, {
    ...(model === call.head.model ? {} : { model }),
    overrides: settings.overrides,
    defaults: settings.defaults,
    includeUsage: hidesUsage(leg),
    patches,
    conversation: call.edits,
    headers: call.headers,
  })
}

/** The client's request with the bytes that were made of its body for this attempt. */
export function forwardedRequest(leg: Leg, call: CallState, body: Uint8Array): WireRequest {
  const { handling, head } = leg
  if (handling.way !== 'forward') throw wrongWay(handling.way)
  const model = wireModel(leg)
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

/** Members of a request that patches take out. */
function removedBy(
  patches: readonly BodyPatch[],
  isThere: (name: string) => boolean,
): readonly string[] {
  return patches.flatMap((patch) =>
    'remove' in patch && isThere(patch.remove) ? [patch.remove] : [],
  )
}

/** Whether the gateway asks for usage that the client did not ask for. */
export function hidesUsage({ head, environment }: Leg): boolean {
  return environment.ensureUsage && head.stream && !head.includeUsage
}

/** A request encoded anew, and what of it the answer must show unchanged. */
export interface TranslatedRequest {
  readonly request: WireRequest
  readonly changes?: RequestChanges
}

/** The request encoded anew for the surface's dialect. Names what could not be expressed in `dropped`. */
export async function translatedRequest(leg: Leg, dropped: string[]): Promise<TranslatedRequest> {
  const { handling, head, settings, environment } = leg
  if (handling.way !== 'translate' && handling.way !== 'forward') throw wrongWay(handling.way)
  const streaming = handling.way === 'translate' ? handling.streaming : 'as-asked'
  const stream = streaming === 'as-asked' ? head.stream : streaming === 'always'
  const model = wireModel(leg)
  const own = await leg.states.ownRequest(leg.request(), originOf(leg))
  const request = withSettings(own, settings)
  requireOneCandidate(request.candidates)
  const includeUsage = request.includeUsage || environment.ensureUsage || !head.stream
  const encoded = handling.dialect.chat.encodeRequest({ ...request, model, stream, includeUsage })
  const patches = handling.patches ?? noPatches
  dropped.push(...encoded.dropped)
  dropped.push(...removedBy(patches, (name) => Object.hasOwn(encoded.body, name)))
  const body = jsonBytes(patchObject(encoded.body, patches))
  const framing = stream ? 'sse' : 'json'
  const operation = upstreamOperation(handling.dialect)
  const { changes } = encoded
  return {
    request: {
      surface: handling.surface,
      operation,
      model,
      method: 'POST',
      path: handling.dialect.requestPath({ operation, model, stream, framing }),
      headers: {},
      body,
      framing,
    },
    ...(changes === undefined ? {} : { changes }),
  }
}

/** A request of an operation that is never streamed, encoded anew. Names what could not be expressed in `dropped`. */
export async function convertedRequest(
  leg: Leg,
  call: CallState,
  dropped: string[],
): Promise<{ readonly request: WireRequest; readonly answer: UnaryConversion['answer'] }> {
  const { handling, head } = leg
  if (handling.way !== 'translate') throw wrongWay(handling.way)
  const model = wireModel(leg)
  const { request, answer } = await convert(leg, call, model)
  dropped.push(...request.dropped)
  const { operation } = head
  const wire: WireRequest = {
    surface: handling.surface,
    operation,
    model,
    method: 'POST',
    path: handling.dialect.requestPath({ operation, model, stream: false, framing: 'json' }),
    headers: {},
    body: jsonBytes(patchObject(request.body, handling.patches ?? noPatches)),
    framing: 'json',
  }
  return { request: wire, answer }
}

function convert(leg: Leg, call: CallState, model: string): Promise<UnaryConversion> {
  const { dialect: from } = call.input
  const { handling } = leg
  if (handling.way !== 'translate') throw wrongWay(handling.way)
  const { dialect: to } = handling
  const { body, head } = call.edited()
  if (leg.head.operation === 'embeddings') {
    return convertUnary(from.embeddings, to.embeddings, {
      decode: (codec) => codec.decodeRequest(body, head),
      prepare: (request) => ({ ...request, model }),
    })
  }
  return convertUnary(from.counting, to.counting, {
    decode: (codec) => codec.decodeRequest(body, head),
    prepare: async (request) => ({
      ...(await leg.states.ownRequest(request, originOf(leg))),
      model,
    }),
  })
}

/** Bytes as they came, for operations that the gateway does not look into. */
export function relayedRequest(leg: Leg, call: CallState): WireRequest {
  const { handling, head } = leg
  if (handling.way !== 'relay') throw wrongWay(handling.way)
  const model = wireModel(leg)
  const body = relayedBody(call, { model, dialect: handling.dialect })
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
    headers: pickHeaders(
      call.headers,
      handling.dialect.requestHeaders,
      call.source === undefined ? relayedHeaders : streamedHeaders,
    ),
    ...(body === undefined ? {} : { body }),
    framing: head.framing,
  }
}

/** What an upstream needs besides, to see the same document. */
const relayedHeaders = ['content-type', 'accept', 'range'] as const

/** The same for a body whose length only the client knows. */
const streamedHeaders = [...relayedHeaders, 'content-length'] as const

/** The body as it came, with the provider's name of the model where it names one, and the changes of its conversation. */
function relayedBody(
  { bytes, head, source, edits }: CallState,
  { model, dialect }: { readonly model: string; readonly dialect: Dialect },
): WireRequest['body'] {
  if (bytes === undefined) return source
  const isRenamed = head.model !== undefined && head.model !== model
  if (!isRenamed && edits.length === 0) return bytes
  return dialect.editRequest(bytes, head, { ...(isRenamed && { model }), conversation: edits })
}

function upstreamOperation(dialect: Dialect): 'chat' | 'completions' {
  return dialect.operations.has('chat') ? 'chat' : 'completions'
}

/** The client's query goes along, unless the dialect's path has one of its own. Its credential never does. */
function withQuery(path: string, query: string): string {
  if (query === '' || path.includes('?')) return path
  const rest = query.split('&').filter((field) => !isCredential(field))
  return rest.length === 0 ? path : `${path}?${rest.join('&')}`
}

function isCredential(field: string): boolean {
  const name = field.split('=', 1)[0]?.toLowerCase() ?? ''
  return credentialFields.has(name)
}

/** Where clients put their key instead of a header: Gemini's `key`, and what others accept. */
const credentialFields: ReadonlySet<string> = new Set([
  'key',
  'api_key',
  'apikey',
  'api-key',
  'access_token',
])

/** Alternative answers are not translated: an answer in parts is one answer. */
export function requireOneCandidate(candidates: number | undefined): void {
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
