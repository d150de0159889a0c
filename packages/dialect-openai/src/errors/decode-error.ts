import {
  type ErrorCode,
  GatewayError,
  type GatewayErrorOptions,
  type Headers,
  headerValue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type RawAnswer,
} from '@jackfield/core'
import { decodeText } from '../parse-request.ts'
import { classify } from './classify.ts'
import { type ErrorDetails, readErrorDetails } from './error-details.ts'
import { redact } from './redact.ts'
import { retryHint } from './retry-hint.ts'

type OwnCodes = Readonly<Record<string, ErrorCode>>

/** Longest `param` that is taken for one. */
const maxParam = 100

/** Class of a provider's failure, from whatever it answered. Never throws. */
export function decodeError(answer: RawAnswer, own: OwnCodes): GatewayError {
  const text = decodeText(answer.body)
  const value = parseJson(text)
  const details =
    typeof value === 'string'
      ? { message: value, holder: {} }
      : value === undefined
        ? { message: plainText(text), holder: {} }
        : readErrorDetails(value)
  return toError(details, { status: answer.status, headers: answer.headers, own })
}

/**
 * The failure that an object inside a 200 tells, be it a whole answer or an event of a stream; `undefined` if it tells
 * none. `error: null` and MiniMax's `base_resp` with status 0 say that all is well.
 */
export function answerError(answer: JsonObject, own: OwnCodes): GatewayError | undefined {
  if (!tellsError(answer)) return undefined
  const details = readErrorDetails(answer)
  return toError(details, { status: details.status ?? 0, headers: {}, own })
}

function tellsError(answer: JsonObject): boolean {
  const { error, base_resp: base } = answer
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) return true
  if (isJsonObject(base)) return base['status_code'] !== 0 && base['status_code'] !== undefined
  if (answer['choices'] !== undefined || answer['data'] !== undefined) return false
  return ['message', 'detail', 'msg', 'msgCode'].some((name) => answer[name] !== undefined)
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A page in HTML, from a proxy on the way, explains nothing to whoever reads the message. */
function plainText(text: string): string {
  return text.trimStart().startsWith('<') ? '' : text
}

interface Circumstances {
  readonly status: number
  readonly headers: Headers
  readonly own: OwnCodes
}

function toError(details: ErrorDetails, { status, headers, own }: Circumstances): GatewayError {
  const code = classify(details, status, own)
  const retryAfterMs = retryHint(headers, details)
  const { param } = details
  const options: GatewayErrorOptions = {
    ...(param === undefined || param.length > maxParam ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(code === 'upstream_credentials_rejected' ? { recover: 'refresh' as const } : {}),
    ...(headerValue(headers, 'x-should-retry') === 'false' ? { final: true } : {}),
  }
  return new GatewayError(code, describe(code, status, details.message), options)
}

function describe(code: ErrorCode, status: number, message: string): string {
  const said = redact(message)
  const what = status === 0 ? 'reported an error' : `answered ${status}`
  const whose =
    code === 'upstream_credentials_rejected'
      ? 'The provider rejected the credentials of the gateway'
      : `The provider ${what}`
  return said === '' ? `${whose}.` : `${whose}: ${said}`
}
