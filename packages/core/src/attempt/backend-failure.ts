import type { AttemptContext, WireResponse } from '../backend.ts'
import type { RawAnswer } from '../dialect.ts'
import { errorPolicies } from '../errors/codes.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'

/** What `send()` gave, taken apart. */
export type ReadWireResult =
  | { readonly response: WireResponse; readonly failed?: undefined; readonly raw?: undefined }
  | { readonly failed: GatewayError; readonly raw?: RawAnswer; readonly response?: undefined }

const framings: ReadonlySet<unknown> = new Set(['json', 'sse', 'json-array', 'opaque'])

/** Checks what a backend's `send()` resolved to: its author may not use TypeScript. Throws what is wrong with it. */
export function readWireResult(result: unknown): ReadWireResult {
  if (!isObject(result)) throw new TypeError('send() did not resolve to an object')
  if ('ok' in result) return { response: requireResponse(result['ok']) }
  const { failed, raw } = result
  if (!isKnownError(failed)) throw new TypeError('send() failed without a GatewayError')
  return { failed, ...(isRawAnswer(raw) ? { raw } : {}) }
}

/**
 * What a backend's code threw: its own error where it is one of ours. Anything else is a bug of the backend; the log
 * has it, and another place may serve the call.
 */
export function asBackendFailure(
  error: unknown,
  name: string,
  { call, log, signal }: Pick<AttemptContext, 'call' | 'log' | 'signal'>,
): GatewayError {
  if (isKnownError(error)) return error
  if (!signal.aborted) log.error({ backend: name, callId: call.id, err: error }, 'backend failed')
  return new GatewayError(
    'upstream_error',
    `The backend "${name}" failed unexpectedly. The log has the details.`,
    { cause: error, upstream: { backend: name } },
  )
}

function requireResponse(value: unknown): WireResponse {
  if (isObject(value)) {
    const { status, headers, framing, body } = value
    const hasHead = typeof status === 'number' && isObject(headers) && framings.has(framing)
    if (hasHead && isBody(body)) return value as unknown as WireResponse
  }
  throw new TypeError('send() resolved to an answer without status, headers, framing or body')
}

function isBody(value: unknown): boolean {
  if (!isObject(value)) return false
  return ['start', 'pause', 'resume', 'cancel'].every((name) => typeof value[name] === 'function')
}

function isRawAnswer(value: unknown): value is RawAnswer {
  if (!isObject(value)) return false
  const { status, headers, body } = value
  return typeof status === 'number' && isObject(headers) && body instanceof Uint8Array
}

/** Errors of another version of this package may have codes that nobody knows here. */
function isKnownError(value: unknown): value is GatewayError {
  return isGatewayError(value) && Object.hasOwn(errorPolicies, value.code)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
