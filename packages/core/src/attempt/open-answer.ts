import type { AttemptContext, WireRequest, WireResponse } from '../backend.ts'
import { headerValue } from '../body.ts'
import type { Operation } from '../call.ts'
import type { Dialect, TapOptions } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { isGeneration } from '../pipeline/generation.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { Parts } from './answer-flow.ts'
import type { OpenedAnswer } from './attempt.ts'
import { decodeOrigin } from './decode-origin.ts'
import { ForwardFlow } from './forward-flow.ts'
import { PartsFlow } from './parts-flow.ts'
import { RelayFlow } from './relay-flow.ts'
import { WholeFlow } from './whole-flow.ts'
import { wholeOrigin } from './whole-origin.ts'
import { isKnownError, readWireResult, type Sent } from './wire-result.ts'

/** Sends a request through a backend. Whatever its code does, the result is an answer or a failure with a name. */
export async function sendWire(
  instance: BackendInstance,
  request: WireRequest,
  context: AttemptContext,
): Promise<Sent> {
  const { backend } = instance
  try {
    if (backend.send === undefined) throw new TypeError('The backend has no send().')
    const result = await backend.send(request, context)
    if (!context.signal.aborted) return readWireResult(result)
    // Nobody wants it any more, and its connection must not stay open.
    if ('ok' in result) result.ok.body.cancel(context.signal.reason)
    return { failure: { error: context.signal.reason } }
  } catch (thrown) {
    if (isKnownError(thrown)) return { failure: { error: thrown } }
    if (context.signal.aborted) return { failure: { error: context.signal.reason } }
    return { failure: { error: instance.broke(thrown, context.call.id) } }
  }
}

/** An answer whose bytes go to the client: watched frame by frame, or whole where it is not a stream. */
export function openForwarded(
  { status, headers, framing, body }: WireResponse,
  options: TapOptions & { readonly dialect: Dialect; readonly maxBytes: number },
): OpenedAnswer<Uint8Array> {
  const { dialect, maxBytes, ...tapOptions } = options
  const tap = dialect.tap(framing, tapOptions)
  const flow =
    framing === 'json' ? new WholeFlow(body, { tap, maxBytes }) : new ForwardFlow(body, tap)
  return { flow, status, headers, framing }
}

/** A whole answer of another dialect, as the client's dialect says it. */
export function openConverted(
  { status, headers, framing, body }: WireResponse,
  options: {
    readonly dialect: Dialect
    readonly maxBytes: number
    readonly convert: (body: Uint8Array) => Uint8Array
  },
): OpenedAnswer<Uint8Array> {
  const { dialect, maxBytes, convert } = options
  const flow = new WholeFlow(body, { tap: dialect.tap('json'), maxBytes, convert })
  return { flow, status, headers, framing }
}

/** Bytes that the gateway does not look into. */
export function openRelayed({
  status,
  headers,
  framing,
  body,
}: WireResponse): OpenedAnswer<Uint8Array> {
  return { flow: new RelayFlow(body), status, headers, framing }
}

/** An answer decoded to parts, whatever its framing turned out to be. */
export function openDecoded(
  { status, headers, framing, body }: WireResponse,
  { dialect, maxBytes }: { readonly dialect: Dialect; readonly maxBytes: number },
): OpenedAnswer<Parts> {
  const codec = dialect.chat
  const origin =
    framing === 'json'
      ? wholeOrigin(body, { codec, maxBytes })
      : decodeOrigin(body, codec.streamDecoder(framing))
  return { flow: new PartsFlow(origin), status, headers, framing }
}

/** Refuses an answer that is neither JSON nor a stream where one of them must come. Stops its transfer. */
export function requireReadable(
  { framing, headers, body }: WireResponse,
  operation: Operation,
): GatewayError | undefined {
  if (framing === 'json') return undefined
  const mayStream = isGeneration(operation)
  if (framing !== 'opaque' && mayStream) return undefined
  const type = headerValue(headers, 'content-type') ?? 'no content type'
  const wanted = mayStream ? 'JSON or an event stream' : 'JSON'
  const error = new GatewayError(
    'upstream_invalid_response',
    `The provider answered with ${type} instead of ${wanted}. Check the backend’s base URL.`,
  )
  body.cancel(error)
  return error
}
