import type { JsonObject, OpaqueState } from '@jackfield/core'
import { packStates, unpackStates } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { filled, isHosted } from './item-kinds.ts'

/**
 * In front of packed state that belongs to the text or call before the reasoning item that carries it. Without it packed state
 * belongs to the reasoning itself.
 */
const behindMark = 'behind.'

/** What the `encrypted_content` of an item holds. */
export interface CarriedState {
  readonly states: readonly OpaqueState[]
  /** Whether it belongs to what stands before the item. */
  readonly behind: boolean
}

/** State that providers of this dialect made, or that nobody has labelled. */
function isOwn(state: OpaqueState): boolean {
  return (
    state.kind === 'encrypted-content' &&
    typeof state.data === 'string' &&
    (state.origin === undefined || state.origin.dialect === responsesName)
  )
}

/** The state with which a part can be sent back to a provider of this dialect. */
export function ownState(states: readonly OpaqueState[] | undefined): OpaqueState | undefined {
  return states?.find(isOwn)
}

/** Text of `encrypted_content` for clients: the provider's own, else the state of another protocol in packed form. */
export function encryptedFor(states: readonly OpaqueState[]): string | undefined {
  const own = ownState(states)
  if (typeof own?.data === 'string') return own.data
  return states.length === 0 ? undefined : packStates(states)
}

/** The same for state of a text or call, which this protocol has no place for: in a reasoning item behind it. */
export function encryptedBehind(states: readonly OpaqueState[]): string {
  return behindMark + packStates(states)
}

/** What `encrypted_content` holds, be it the provider's or packed by {@link encryptedFor}. */
function readEncrypted(text: string, id?: string): CarriedState {
  const behind = text.startsWith(behindMark)
  const packed = unpackStates(behind ? text.slice(behindMark.length) : text)
  if (packed !== undefined) return { states: packed, behind }
  const own = { kind: 'encrypted-content' as const, data: text }
  return { states: [id === undefined ? own : { ...own, id }], behind: false }
}

/** The state of a reasoning or compaction item. */
export function stateOfContent(item: JsonObject): CarriedState {
  const text = filled(item['encrypted_content'])
  return text === undefined
    ? { states: [], behind: false }
    : readEncrypted(text, filled(item['id']))
}

/** The state of an item in an answer: it is its provider's, whatever it looks like. */
export function answerStates(item: JsonObject): readonly OpaqueState[] {
  const data = filled(item['encrypted_content'])
  const id = filled(item['id'])
  if (data === undefined) return traceState(item)
  return [{ kind: 'encrypted-content', data, ...(id === undefined ? {} : { id }) }]
}

/**
 * State of any item. The trace of a tool that a provider ran is known to that provider by its id and to nobody else, so the id
 * is state like any other: it keeps the trace from providers that would refuse it.
 */
export function statesOfItem(item: JsonObject): readonly OpaqueState[] {
  const { states } = stateOfContent(item)
  return states.length > 0 ? states : traceState(item)
}

function traceState(item: JsonObject): readonly OpaqueState[] {
  const id = filled(item['id'])
  if (id === undefined || !isHosted(item)) return []
  return [{ kind: 'encrypted-content', data: id, id }]
}
