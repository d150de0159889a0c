import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** What an error body says, in whichever of the shapes that compatible servers send. */
export interface ErrorDetails {
  readonly message: string
  /** Everything that names the class of the failure, the most exact first: reasons of details, code, type, status in words. */
  readonly words: readonly string[]
  readonly param?: string
  /** HTTP status that the body names, where it came in a 200. */
  readonly status?: number
  /** The object that holds the error, for hints on when to try again. */
  readonly holder: JsonObject
}

/** Of an error that is no more than a text. */
export function plainDetails(message: string): ErrorDetails {
  return { message, words: [], holder: {} }
}

/**
 * What a parsed error body says, in the shapes that providers send whatever protocol they claim (protocol reference 1.7): OpenAI,
 * Anthropic, Google (alone or in an array), plain strings, FastAPI, vLLM, NVIDIA, InternLM, MiniMax.
 */
export function readErrorDetails(value: JsonValue | undefined): ErrorDetails {
  if (Array.isArray(value)) return readErrorDetails(value[0])
  if (typeof value === 'string') return plainDetails(value)
  if (!isJsonObject(value)) return plainDetails('')
  const { error, base_resp: base } = value
  if (isJsonObject(error)) return describe(error)
  if (typeof error === 'string') return { ...describe(value), message: error }
  if (isJsonObject(base)) return describeBase(base)
  return describe(value)
}

function describe(holder: JsonObject): ErrorDetails {
  const { param } = holder
  const code = holder['code'] ?? holder['msgCode']
  const status = [holder['status_code'], holder['code'], holder['status']].find(isErrorStatus)
  return {
    message: messageOf(holder),
    words: [...reasonsIn(holder['details']), code, holder['type'], holder['status']]
      .map(textOf)
      .filter((word) => word !== undefined),
    holder,
    ...(typeof param === 'string' ? { param } : {}),
    ...(status === undefined ? {} : { status }),
  }
}

/** Google's `ErrorInfo`: the status is general, its reason is not. */
function reasonsIn(details: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  return Array.isArray(details) ? details.filter(isJsonObject).map(({ reason }) => reason) : []
}

function describeBase(base: JsonObject): ErrorDetails {
  const code = textOf(base['status_code'])
  return {
    message: textOf(base['status_msg']) ?? '',
    words: code === undefined ? [] : [code],
    holder: base,
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function isErrorStatus(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 400 && value <= 599
}

function messageOf(holder: JsonObject): string {
  const { detail } = holder
  const message = textOf(holder['message']) ?? textOf(holder['msg']) ?? detailText(detail)
  const own = message ?? textOf(holder['title']) ?? ''
  const raw = rawOf(holder)
  return raw === undefined ? own : `${own}: ${raw}`
}

/** OpenRouter's message is general; what the model's own provider said is in `metadata.raw`. */
function rawOf(holder: JsonObject): string | undefined {
  const { metadata } = holder
  return isJsonObject(metadata) ? textOf(metadata['raw']) : undefined
}

/** FastAPI's `detail`: a text, or a list of `{loc, msg}`. */
function detailText(detail: JsonValue | undefined): string | undefined {
  if (Array.isArray(detail)) return detail.filter(isJsonObject).map(problemText).join('; ')
  return isJsonObject(detail) ? textOf(detail['message']) : textOf(detail)
}

function problemText(problem: JsonObject): string {
  const { loc, msg } = problem
  const place = Array.isArray(loc) ? `${loc.join('.')}: ` : ''
  return `${place}${textOf(msg) ?? ''}`
}
