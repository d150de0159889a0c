import {
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonDocument,
  type JsonObject,
  type JsonValue,
  type JsonValueSpan,
  objectElements,
  readString,
  readValue,
  type SseEvent,
  scanDocument,
  sseEvent,
  type TapEnding,
  type TapReport,
} from '@jackfield/core'
import {
  costOf,
  namesIn,
  parseJson,
  type StateListener,
  type TapRules,
  valueIn,
} from '@jackfield/dialect-kit'
import { failureIn, responsesErrorObject } from './errors.ts'
import { decodeFinish } from './finish.ts'
import type { ResponsesVariant } from './options.ts'
import { answerStates, idState } from './reasoning-state.ts'
import { ResponsesFacts, statusOf } from './stream-facts.ts'
import { decodeUsage } from './usage.ts'

/**
 * Ends of `"response"`, which is in every event about the whole answer and, quotes being escaped, in no text; and of `"error"`. Their
 * first letters are rarer than quotes, which makes the search faster.
 */
const responseMark = Buffer.from('ponse"')
const errorMark = Buffer.from('rror"')
const itemMark = Buffer.from('put_item.done"')
const usageMark = Buffer.from('"usage":')

/** How answers are watched. */
export function responsesTapRules(variant: ResponsesVariant): TapRules {
  return {
    facts: (onState) => new ResponsesFacts(variant, onState),
    body: (body, onState) => bodyFacts(body, variant, onState),
    marks: [responseMark, errorMark],
    stateMarks: [itemMark],
    ending: (event) => endingOf(event, variant),
    interruption: (error) => Buffer.from(errorEvent(error)),
    lastBytes,
  }
}

/** Without a number: nobody has counted the events that went by. */
function errorEvent(error: GatewayError): string {
  const wire = responsesErrorObject(error)
  const event = {
    type: 'error',
    code: wire['code'] ?? null,
    message: error.message,
    param: wire['param'] ?? null,
    error: wire,
  }
  return sseEvent('error', JSON.stringify(event))
}

function endingOf({ data: text }: SseEvent, variant: ResponsesVariant): TapEnding | undefined {
  const data = text.trim()
  if (data === '[DONE]') return 'end'
  const event = data.startsWith('{') ? parseJson(data) : undefined
  if (!isJsonObject(event)) return undefined
  const status = statusOf(event)
  const error =
    status === undefined ? lonelyError(event, variant) : failureOf(event, status, variant)
  if (error !== undefined) return { error, told: error.policy.callerFault }
  return status === undefined ? undefined : 'end'
}

function lonelyError(event: JsonObject, variant: ResponsesVariant): GatewayError | undefined {
  const { type } = event
  return type === undefined || type === 'error' ? failureIn(event, variant) : undefined
}

function failureOf(
  { response }: JsonObject,
  status: string,
  variant: ResponsesVariant,
): GatewayError | undefined {
  return failureIn({ ...(isJsonObject(response) ? response : {}), status }, variant)
}

/** What a whole answer says, found by scanning it exactly and parsing only the members that matter. */
function bodyFacts(
  body: Uint8Array,
  variant: ResponsesVariant,
  onState: StateListener | undefined,
): TapReport {
  const document = scanDocument(body)
  const answer = smallMembers(document)
  const error = failureIn(answer, variant)
  const items = itemsIn(document, onState !== undefined)
  for (const { value } of items) {
    if (value === undefined || onState === undefined) continue
    for (const state of [...answerStates(value), ...idState(value)]) onState(state)
  }
  const output = document.get('output')
  return {
    // Counts, deletions and lists of items are answers too.
    complete: error === undefined && typeof answer['object'] === 'string',
    ...(error === undefined ? {} : { error }),
    ...namesIn(document),
    ...costOf(decodeUsage(answer['usage']), output),
    ...finishOf(answer, output, items),
  }
}

/** Members of a response that are small in every answer. */
const small = ['object', 'status', 'usage', 'error', 'incomplete_details'] as const

function smallMembers(document: JsonDocument): JsonObject {
  const found: Record<string, JsonValue> = {}
  for (const name of [...small, 'type', 'message', 'detail']) {
    const value = valueIn(document, name)
    if (value !== undefined) found[name] = value
  }
  return found
}

interface ItemFact {
  readonly type: string
  readonly value?: JsonObject
}

function itemsIn(document: JsonDocument, whole: boolean): readonly ItemFact[] {
  const output = document.get('output')
  if (output?.kind !== 'array') return []
  const elements = objectElements(document.bytes, output, { duplicates: 'keep' })
  return [...elements].map(({ span, members = [] }) => {
    const type = members.findLast(({ name }) => name === 'type')?.value
    const word = type?.kind === 'string' ? readString(document.bytes, type) : ''
    const value = whole ? (readValue(document.bytes, span) as JsonValue) : undefined
    return isJsonObject(value) ? { type: word, value } : { type: word }
  })
}

function finishOf(
  answer: JsonObject,
  output: JsonValueSpan | undefined,
  items: readonly ItemFact[],
): { readonly finish?: Finish } {
  const isOver = answer['status'] !== 'queued' && answer['status'] !== 'in_progress'
  if (output === undefined || !isOver) return {}
  const calls = items.some(({ type }) => type === 'function_call' || type === 'custom_tool_call')
  return { finish: decodeFinish(answer, calls) }
}

/**
 * A last event that is too large to be held: its usage stands behind the output, near its end. Only two small members may stand behind the
 * answer, and no other event, for answers that have begun name their usage, too.
 */
function lastBytes(tail: Uint8Array): Partial<TapReport> {
  const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength)
  const at = bytes.lastIndexOf(usageMark)
  if (at === -1) return {}
  const rest = bytes.toString('utf8', at + usageMark.length).trim()
  if (/\n\r?\n/.test(rest)) return {}
  const usage = decodeUsage(parseJson(firstObject(rest)))
  return { complete: endOfAnswer.test(rest), ...(usage === undefined ? {} : { usage }) }
}

/** The end of an answer and of its event. Servers differ in where they put the event's own members. */
const endOfAnswer = /\}\s*(?:,\s*"(?:type|sequence_number)"\s*:\s*["\w.]+\s*)*\}$/

/** The object at the start of a text that has no strings with braces in it, as usage has none. */
function firstObject(text: string): string {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1
    if (text[index] === '}') depth -= 1
    if (depth === 0) return text.slice(0, index + 1)
  }
  return ''
}
