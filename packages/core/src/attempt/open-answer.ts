import type { AttemptContext, WireRequest, WireResponse } from '../backend.ts'
import { headerValue } from '../body.ts'
import { responseParts } from '../chat/response-parts.ts'
import type { Dialect } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { Parts } from './answer-flow.ts'
import type { AttemptFailure, OpenedAnswer } from './attempt.ts'
import { asBackendFailure, readWireResult } from './backend-failure.ts'
import { decodeOrigin } from './decode-origin.ts'
import { ForwardFlow, truncated } from './forward-flow.ts'
import { iterableOrigin } from './iterable-origin.ts'
import { PartsFlow } from './parts-flow.ts'
import { readWholeBody } from './whole-body.ts'
import { RelayFlow, WholeFlow } from './whole-flow.ts'

type Opened<Item> = OpenedAnswer<Item> | { readonly failure: AttemptFailure }

/** Sends a request, or says why there is no answer. */
export async function sendWire(
  { name, backend }: Pick<BackendInstance, 'name' | 'backend'>,
  request: WireRequest,
  context: AttemptContext,
): Promise<{ readonly response: WireResponse } | { readonly failure: AttemptFailure }> {
  if (backend.send === undefined) {
    throw new GatewayError('internal', `The backend "${name}" has no send() for the way it chose.`)
  }
  try {
    const { response, failed, raw } = readWireResult(await backend.send(request, context))
    if (response !== undefined) return { response }
    return { failure: { error: failed, ...(raw === undefined ? {} : { raw }) } }
  } catch (error) {
    return { failure: { error: asBackendFailure(error, name, context) } }
  }
}

/** An answer whose bytes go to the client: watched frame by frame, or read whole where it is not a stream. */
export async function openForwarded(
  response: WireResponse,
  options: {
    readonly dialect: Dialect
    readonly hideUsage: boolean
    readonly maxBytes: number
    readonly signal: AbortSignal
  },
): Promise<Opened<Uint8Array>> {
  const { status, headers, framing } = response
  const tap = options.dialect.tap(framing, { hideUsage: options.hideUsage })
  if (framing !== 'json') {
    return { flow: new ForwardFlow(response.body, tap), status, headers, framing }
  }
  const body = await readWholeBody(response.body, options)
  tap.push(body)
  tap.end()
  const report = tap.report()
  if (report.error !== undefined) return { failure: { error: report.error } }
  if (!report.complete) return { failure: { error: truncated() } }
  return { flow: new WholeFlow(body, report), status, headers, framing }
}

/** Bytes that the gateway does not look into. */
export function openRelayed(response: WireResponse): OpenedAnswer<Uint8Array> {
  const { status, headers, framing } = response
  return { flow: new RelayFlow(response.body), status, headers, framing }
}

/** An answer decoded to parts, whatever its framing turned out to be. */
export async function openDecoded(
  response: WireResponse,
  options: {
    readonly dialect: Dialect
    readonly maxBytes: number
    readonly signal: AbortSignal
  },
): Promise<OpenedAnswer<Parts>> {
  const { status, headers, framing } = response
  const codec = options.dialect.chat
  if (framing === 'sse' || framing === 'json-array') {
    const origin = decodeOrigin(response.body, codec.streamDecoder(framing))
    return { flow: new PartsFlow(origin), status, headers, framing }
  }
  const body = await readWholeBody(response.body, options)
  const answer = codec.decodeResponse(body)
  const batches = [[...responseParts(answer)]]
  return { flow: new PartsFlow(iterableOrigin(batches)), status, headers, framing }
}

/** Refuses an answer that is neither JSON nor a stream where one of them must come. */
export function requireReadable(response: WireResponse): GatewayError | undefined {
  return response.framing === 'opaque' ? refuse(response, 'JSON or an event stream') : undefined
}

/** Refuses a stream where only a whole answer makes sense. */
export function refuseStream(response: WireResponse): GatewayError {
  return refuse(response, 'JSON')
}

function refuse({ headers, body }: WireResponse, expected: string): GatewayError {
  const type = headerValue(headers, 'content-type') ?? 'no content type'
  const error = new GatewayError(
    'upstream_invalid_response',
    `The provider answered with ${type} instead of ${expected}. Check the backend’s base URL.`,
  )
  body.cancel(error)
  return error
}
