import { isJsonObject, type JsonObject, type JsonValue, type OpaqueState } from '@jackfield/core'
import { chatName } from '../names.ts'

/**
 * Entries of `reasoning_details` (OpenRouter, MiniMax, Snowflake): `reasoning.text {text, signature?}`,
 * `reasoning.summary {summary}`, `reasoning.encrypted {data}`, all with `format`, `index` and `id` at will. They go back
 * to their provider as they came. Their text is the reasoning part's text, so it is not kept a second time.
 */
export type Detail = JsonObject

/** The entries that a message or delta holds. */
export function detailsIn(holder: JsonObject): readonly Detail[] {
  const details = holder['reasoning_details']
  return Array.isArray(details) ? details.filter(isJsonObject) : []
}

/** Whether an entry is a piece of readable reasoning; at most one such entry belongs to one reasoning part. */
export function isReadable(detail: Detail): boolean {
  return detail['type'] === 'reasoning.text' || detail['type'] === 'reasoning.summary'
}

export function formOf(detail: Detail): 'summary' | 'raw' {
  return detail['type'] === 'reasoning.summary' ? 'summary' : 'raw'
}

export function textOf(detail: Detail): string {
  const text = detail[textKey(detail)]
  return typeof text === 'string' ? text : ''
}

/** An entry without its text. */
export function withoutText(detail: Detail): Detail {
  if (!isReadable(detail)) return detail
  const { [textKey(detail)]: _, ...rest } = detail
  return rest
}

function textKey(detail: Detail): 'text' | 'summary' {
  return detail['type'] === 'reasoning.summary' ? 'summary' : 'text'
}

/** The same entry in a later delta: same type, same index. */
export function isSameDetail(one: Detail, other: Detail): boolean {
  return one['type'] === other['type'] && one['index'] === other['index']
}

/** An entry with what a later delta adds to it, text aside. */
export function mergeDetail(detail: Detail, addition: Detail): Detail {
  const merged: Record<string, JsonValue> = { ...detail }
  for (const [key, value] of Object.entries(withoutText(addition))) {
    if (value !== null && value !== '') merged[key] = value
  }
  return merged
}

export function stateOfDetails(details: readonly Detail[]): readonly OpaqueState[] {
  return details.length === 0 ? [] : [{ kind: 'reasoning-details', data: details }]
}

/** The entries of a reasoning part as they came, with its text if that is given. Foreign state gives none. */
export function detailsOfState(
  state: readonly OpaqueState[] | undefined,
  text?: string,
): readonly Detail[] {
  return (state ?? []).flatMap((item) => {
    if (item.kind !== 'reasoning-details' || !isOurs(item) || !Array.isArray(item.data)) return []
    const details: readonly Detail[] = item.data.filter(isJsonObject)
    if (text === undefined) return details
    return details.map((detail) =>
      isReadable(detail) ? { ...detail, [textKey(detail)]: text } : detail,
    )
  })
}

/** Whether a piece of state was read from this dialect, or from a client's history that nobody labelled. */
export function isOurs(state: OpaqueState): boolean {
  return state.origin === undefined || state.origin.dialect === chatName
}
