import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** What an error body says, in whichever of the shapes that compatible servers send. */
export interface ErrorDetails {
  readonly message: string
  /** `code`, as text. */
  readonly code?: string
  readonly type?: string
  readonly param?: string
  /** HTTP status that the body names, where it came in a 200. */
  readonly status?: number
  /** The object that holds the error, for hints on when to try again. */
  readonly holder: JsonObject
}

const silent: ErrorDetails = { message: '', holder: {} }

/** Shapes of protocol reference 1.7: OpenAI, plain strings, FastAPI, vLLM, NVIDIA, InternLM, MiniMax, Google's array. */
export function readErrorDetails(value: JsonValue | undefined): ErrorDetails {
  if (Array.isArray(value)) return readErrorDetails(value[0])
  if (!isJsonObject(value)) return silent
  const { error, base_resp: base } = value
  if (isJsonObject(error)) return describe(error)
  if (typeof error === 'string') return { ...describe(value), message: error }
  if (isJsonObject(base)) return describeBase(base)
  return describe(value)
}

function describe(holder: JsonObject): ErrorDetails {
  const { type, param } = holder
  const code = textOf(holder['code'] ?? holder['msgCode'] ?? holder['status'])
  const status = [holder['status_code'], holder['code'], holder['status']].find(isErrorStatus)
  return {
    message: messageOf(holder),
    holder,
    ...(code === undefined ? {} : { code }),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof param === 'string' ? { param } : {}),
    ...(status === undefined ? {} : { status }),
  }
}

function describeBase(base: JsonObject): ErrorDetails {
  const code = textOf(base['status_code'])
  return {
    message: textOf(base['status_msg']) ?? '',
    holder: base,
    ...(code === undefined ? {} : { code }),
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
