import type { JsonObject, ReasoningPart } from '@jackfield/core'
import {
  type Detail,
  detailsIn,
  formOf,
  isReadable,
  stateOfDetails,
  textOf,
  withoutText,
} from './reasoning-details.ts'

/** Members in which compatible providers put reasoning; OpenAI itself never shows it on this protocol. */
export type ReasoningField = 'reasoning_details' | 'reasoning_content' | 'reasoning'

export const reasoningFields: readonly ReasoningField[] = [
  'reasoning_details',
  'reasoning_content',
  'reasoning',
]

/** The reasoning of a whole message, in the first of the fields that has any: some providers send it twice. */
export function decodeReasoning(
  message: JsonObject,
  fields: readonly ReasoningField[],
): ReasoningPart[] {
  const text = plainReasoning(message, fields)
  const details = fields.includes('reasoning_details') ? detailsIn(message) : []
  if (details.length > 0) return partsOfDetails(details, text)
  return text === '' ? [] : [{ type: 'reasoning', form: 'raw', text }]
}

/** Reasoning that is a plain string. */
export function plainReasoning(holder: JsonObject, fields: readonly ReasoningField[]): string {
  for (const field of fields) {
    const value = holder[field]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** One part for each readable entry; entries that only the provider can read join the part before them. */
function partsOfDetails(details: readonly Detail[], plain: string): ReasoningPart[] {
  const groups: Detail[][] = []
  for (const detail of details) {
    const last = groups.at(-1)
    if (last === undefined || (isReadable(detail) && last.some(isReadable))) groups.push([detail])
    else last.push(detail)
  }
  const single = groups.length === 1
  return groups.map((group) => {
    const readable = group.find(isReadable)
    const text = readable === undefined ? '' : textOf(readable)
    return {
      type: 'reasoning',
      form: readable === undefined ? 'raw' : formOf(readable),
      text: text === '' && single ? plain : text,
      state: stateOfDetails(group.map(withoutText)),
    }
  })
}

/** Text of a Mistral `thinking` part: `{thinking: [{type: 'text', text}]}` or `{thinking: string}`. */
export function thinkingText(part: JsonObject): string {
  const { thinking } = part
  if (typeof thinking === 'string') return thinking
  if (!Array.isArray(thinking)) return ''
  return thinking.map(pieceText).join('')
}

function pieceText(piece: unknown): string {
  const text = typeof piece === 'object' && piece !== null && 'text' in piece ? piece.text : piece
  return typeof text === 'string' ? text : ''
}
