import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type OpaqueState,
  type ProviderPart,
  type ReasoningPart,
  type ToolCallPart,
} from '@jackfield/core'
import { asExtensions, leftoverOf } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { filled } from './item-kinds.ts'
import { flatName } from './namespaces.ts'
import { stateOfContent } from './reasoning-state.ts'

/** Identity and state of an item are the provider's: the next request names neither. */
const callMembers = new Set([
  ...['type', 'id', 'status', 'call_id', 'name', 'arguments', 'input', 'created_by'],
])
const imageMembers = new Set(['type', 'result', 'status'])

/** Between the sections of a summary, which are paragraphs of one text everywhere else. */
export const sectionBreak = '\n\n'

/** Texts of a `summary` or `content` list. */
export function textsIn(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) return []
  return value.filter(isJsonObject).flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
}

/**
 * A reasoning item: one part for its summary, one for its own words, the state on the last of them. Nothing, if it has none of
 * the three.
 */
export function decodeReasoningItem(item: JsonObject): ReasoningPart[] {
  const { states } = stateOfContent(item)
  const summary = textsIn(item['summary']).join(sectionBreak)
  const raw = textsIn(item['content']).join(sectionBreak)
  const parts: ReasoningPart[] = []
  if (summary !== '') parts.push({ type: 'reasoning', form: 'summary', text: summary })
  if (raw !== '') parts.push({ type: 'reasoning', form: 'raw', text: raw })
  if (states.length === 0) return parts
  const last = parts.pop() ?? { type: 'reasoning', form: 'summary', text: '' }
  return [...parts, { ...last, state: states }]
}

/** A `function_call` or `custom_tool_call`; `undefined` for one without a name. */
export function decodeCallItem(item: JsonObject, fallbackId: string): ToolCallPart | undefined {
  const name = filled(item['name'])
  if (name === undefined) return undefined
  const kind = item['type'] === 'custom_tool_call' ? 'custom' : 'function'
  const left = leftoverOf(item, callMembers)
  return {
    type: 'tool-call',
    callId: filled(item['call_id']) ?? filled(item['id']) ?? fallbackId,
    name: flatName(name, filled(item['namespace'])),
    kind,
    arguments: argumentText(kind === 'custom' ? item['input'] : item['arguments']),
    ...asExtensions(left, responsesName),
  }
}

/** Arguments are JSON text on the wire; some servers send the object itself. */
export function argumentText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** An item that only this dialect has, kept whole; a finished image is an image everywhere. */
export function decodeOtherItem(
  item: JsonObject,
  states: readonly OpaqueState[],
): ProviderPart | MediaPart {
  const state = states.length === 0 ? {} : { state: states }
  const image = item['type'] === 'image_generation_call' ? filled(item['result']) : undefined
  if (image === undefined) {
    return { type: 'provider', dialect: responsesName, value: item, ...state }
  }
  return {
    type: 'image',
    source: { kind: 'base64', mediaType: imageType(item['output_format']), data: image },
    ...state,
    ...asExtensions(leftoverOf(item, imageMembers), responsesName),
  }
}

function imageType(format: JsonValue | undefined): string {
  return typeof format === 'string' && format !== '' ? `image/${format}` : 'image/png'
}
