import { isJsonObject, type JsonObject, type JsonValue, type OpaqueState } from '@jackfield/core'
import { detailsIn } from '../chat/reasoning-details.ts'

/**
 * Ends of the names of members that hold state. They begin with what is rare in other members, and the last one is also in what
 * Google itself writes where others write `extra_content`.
 */
export const stateMarks: readonly Uint8Array[] = [
  Buffer.from('g_details"'),
  Buffer.from('xtra_content"'),
  Buffer.from('hought_signature"'),
]

/** State in a message, a delta or a tool call, as the strings that only their provider can read. */
export function opaqueStrings(holder: JsonObject): readonly OpaqueState[] {
  return [
    ...detailsIn(holder).flatMap(stringsOfDetail),
    ...thoughtSignatures(holder['extra_content']),
    ...thoughtSignatures(holder),
  ]
}

/** The signature or the encrypted data of an entry of `reasoning_details`. */
export function stringsOfDetail(detail: JsonObject): readonly OpaqueState[] {
  return [detail['signature'], detail['data']]
    .filter(isFilled)
    .map((data) => ({ kind: 'reasoning-details', data }))
}

/** Google's signature, alone or below `google` (protocol reference 4.8). */
export function thoughtSignatures(value: JsonValue | undefined): readonly OpaqueState[] {
  if (!isJsonObject(value)) return []
  const { thought_signature: own, google } = value
  const inner = isJsonObject(google) ? google['thought_signature'] : undefined
  return [own, inner].filter(isFilled).map((data) => ({ kind: 'thought-signature', data }))
}

function isFilled(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== ''
}
