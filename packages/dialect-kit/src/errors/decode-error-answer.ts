import {
  type ErrorCode,
  GatewayError,
  type GatewayErrorOptions,
  type Headers,
  headerValue,
  type RawAnswer,
  type Recovery,
} from '@jackfield/core'
import { decodeText, parseJson } from '../json-text.ts'
import { classify, type ErrorTables } from './classify.ts'
import { type ErrorDetails, plainDetails, readErrorDetails } from './error-details.ts'
import { redact } from './redact.ts'
import { retryHint } from './retry-hint.ts'

/** Longest `param` that is taken for one. */
const maxParam = 100

/** Class of a provider's failure, from whatever it answered. Never throws. */
export function decodeErrorAnswer(
  { status, headers, body }: RawAnswer,
  tables: ErrorTables,
): GatewayError {
  const text = decodeText(body)
  const value = parseJson(text)
  const details = value === undefined ? plainDetails(plainText(text)) : readErrorDetails(value)
  return toGatewayError(details, { status, headers, tables })
}

/** A page in HTML, from a proxy on the way, explains nothing to whoever reads the message. */
function plainText(text: string): string {
  return text.trimStart().startsWith('<') ? '' : text
}

/** Where an error's details were found. */
export interface ErrorCircumstances {
  /** Status of the answer; 0, or what the body names, for an error inside a 200. */
  readonly status: number
  readonly headers: Headers
  readonly tables: ErrorTables
}

/** The error that a provider told, with its words redacted and cut. */
export function toGatewayError(
  details: ErrorDetails,
  { status, headers, tables }: ErrorCircumstances,
): GatewayError {
  const code = classify(details, status, tables)
  const retryAfterMs = retryHint(headers, details)
  const { param } = details
  const options: GatewayErrorOptions = {
    ...(param === undefined || param.length > maxParam ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...recoveryFrom(code, details, tables),
    ...(headerValue(headers, 'x-should-retry') === 'false' ? { final: true } : {}),
  }
  return new GatewayError(code, describe(code, status, details.message), options)
}

/** Longest part of a message that is searched. */
const searched = 2000

function recoveryFrom(
  code: ErrorCode,
  { message }: ErrorDetails,
  { statePhrases = [] }: ErrorTables,
): { readonly recover?: Recovery } {
  if (code === 'upstream_credentials_rejected') return { recover: 'refresh' }
  if (code !== 'invalid_request') return {}
  const text = message.slice(0, searched).toLowerCase()
  return statePhrases.some((phrase) => text.includes(phrase)) ? { recover: 'without-state' } : {}
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
