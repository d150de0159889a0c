import type { Operation } from '../call.ts'
import type { Dialect, EncodeContext, EncodedRequest, UnaryCodec } from '../dialect.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** A translated call of an operation whose answers are never streams. */
export interface UnaryConversion {
  readonly request: EncodedRequest
  /** The answer in the client's words. Throws what the answer's dialect throws. */
  readonly answer: (body: Uint8Array, context: EncodeContext) => Uint8Array
}

/** Whether an operation besides generation can be translated from one dialect to another. */
export function canConvert(operation: Operation, from: Dialect, to: Dialect): boolean {
  if (operation === 'count-tokens') return from.counting !== undefined && to.counting !== undefined
  if (operation === 'embeddings') {
    return from.embeddings !== undefined && to.embeddings !== undefined
  }
  return false
}

/** Decodes a request with one codec and encodes it with another. `prepare` sees the canonical request in between. */
export async function convertUnary<Request, Response>(
  from: UnaryCodec<Request, Response> | undefined,
  to: UnaryCodec<Request, Response> | undefined,
  options: {
    readonly decode: (codec: UnaryCodec<Request, Response>) => Request
    readonly prepare: (request: Request) => Request | Promise<Request>
  },
): Promise<UnaryConversion> {
  if (from === undefined || to === undefined) {
    throw new GatewayError('internal', 'An operation was translated that one dialect lacks.')
  }
  const request = to.encodeRequest(await options.prepare(options.decode(from)))
  return {
    request,
    answer: (body, context) => from.encodeResponse(to.decodeResponse(body), context),
  }
}
