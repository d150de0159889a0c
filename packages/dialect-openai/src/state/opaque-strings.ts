import { isJsonObject, type JsonObject, type JsonValue, type OpaqueState } from '@jackfield/core'
import { detailsIn } from '../chat/reasoning-details.ts'

/**
 * In every `signature` and `thought_signature`, and in the type of every encrypted detail. They begin with letters that are rare in
 * chunks, which makes the search fast.
 */
export const stateMarks: readonly Uint8Array[] = [Buffer.from('gnature"'), Buffer.from('ypted"')]

/** State in a message, a delta or a tool call, as the strings that only their provider can read. */
export function opaqueStrings(holder: JsonObject): readonly OpaqueState[] {
  return [
    ...detailsIn(holder).flatMap(stringsOfDetail),
    ...thoughtSignatures(holder['extra_content']),
    ...thoughtSignatures(holder),
  ]
}

/** The signature or the encrypted data of an entry of `reasoning_details`. */
export function stringsOfDetail({ type, signature, data }: JsonObject): readonly OpaqueState[] {
  return [signature, type === 'reasoning.encrypted' ? data : undefined]
    .filter(isFilled)
    .map((text) => ({ kind: 'reasoning-details', data: text }))
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
