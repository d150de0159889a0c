import type { WireResponse } from '../backend.ts'
import type { RawAnswer } from '../dialect.ts'
import { errorPolicies } from '../errors/codes.ts'
import { type GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { AttemptFailure } from './attempt.ts'

/** The head of an answer, or why there is none. */
export type Sent = { readonly response: WireResponse } | { readonly failure: AttemptFailure }

const framings: ReadonlySet<unknown> = new Set(['json', 'sse', 'json-array', 'opaque'])

/** Checks what a backend's `send()` resolved to: its author may not use TypeScript. Throws what is wrong with it. */
export function readWireResult(result: unknown): Sent {
  if (!isObject(result)) throw new TypeError('What send() resolved to is not an object.')
  const { ok, failed, raw } = result
  if (isResponse(ok)) return { response: ok }
  if (!isKnownError(failed)) {
    throw new TypeError('What send() resolved to is neither an answer nor a failure.')
  }
  return { failure: { error: failed, ...(isRawAnswer(raw) ? { raw } : {}) } }
}

/** Whether a value is an error whose code is known here: one of another version of this package may have others. */
export function isKnownError(value: unknown): value is GatewayError {
  return isGatewayError(value) && Object.hasOwn(errorPolicies, value.code)
}

function isResponse(value: unknown): value is WireResponse {
  if (!isObject(value)) return false
  const { status, headers, framing, body } = value
  return typeof status === 'number' && isObject(headers) && framings.has(framing) && isBody(body)
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
