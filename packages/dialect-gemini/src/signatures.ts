import type { JsonValue, OpaqueState } from '@jackfield/core'
import { packStates, unpackStates } from '@jackfield/dialect-kit'
import { geminiName } from './names.ts'

/** What Google lets stand for a signature that was lost (protocol reference 4.4). */
export const signaturePlaceholder = 'skip_thought_signature_validator'

/** What is taken for such a word: as text, and as base64 of it, for the field is bytes. */
const placeholders: ReadonlySet<string> = new Set(
  [signaturePlaceholder, 'context_engineering_is_the_way_to_go'].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
  ]),
)

/** State in a `thoughtSignature`: the provider's own, or what was packed into it for another protocol. A placeholder is none. */
export function statesOfSignature(value: JsonValue | undefined): readonly OpaqueState[] {
  if (typeof value !== 'string' || value === '' || placeholders.has(value)) return []
  return unpackStates(value) ?? [{ kind: 'thought-signature', data: value }]
}

/** The same as the `state` member of a part. */
export function stateMember(value: JsonValue | undefined): {
  readonly state?: readonly OpaqueState[]
} {
  const state = statesOfSignature(value)
  return state.length === 0 ? {} : { state }
}

/** A signature that a provider of this protocol made, among a part's state. Two are never joined. */
export function ownSignature(state: readonly OpaqueState[] | undefined): string | undefined {
  const own = state?.find(isOwnState)
  return typeof own?.data === 'string' ? own.data : undefined
}

/** What a client gets of a part's state: the signature as it is, all else packed, so that it comes back. */
export function signatureForClient(state: readonly OpaqueState[] | undefined): string | undefined {
  if (state === undefined || state.length === 0) return undefined
  const [first] = state
  return state.length === 1 && first !== undefined && isOwnState(first)
    ? String(first.data)
    : packStates(state)
}

/** Whether a provider of this protocol made a state. Other dialects carry thought signatures as objects, so a text is one that came in this dialect's own form. */
export function isOwnState({ kind, data, origin }: OpaqueState): boolean {
  const isOurs = origin === undefined || origin.dialect === geminiName
  return kind === 'thought-signature' && typeof data === 'string' && isOurs
}
