import type { JsonObject, OpaqueState } from '@jackfield/core'
import { packStates, unpackStates } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { filled, isHosted } from './item-kinds.ts'

/**
 * In front of packed state that does not belong to the reasoning item that carries it: but to the text or call before it, or to an
 * empty text of its own, whose place in the turn counts.
 */
const marks = { behind: 'behind.', alone: 'alone.' } as const

/** What the `encrypted_content` of an item holds. */
export interface CarriedState {
  readonly states: readonly OpaqueState[]
  /** Whether it belongs to the item, to what stands before it, or to a text without words in its place. */
  readonly place: 'inside' | keyof typeof marks
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

/** The same for state of a text or call, which this protocol has no place for: in a reasoning item behind or instead of it. */
export function encryptedFrom(place: keyof typeof marks, states: readonly OpaqueState[]): string {
  return marks[place] + packStates(states)
}

/** What `encrypted_content` holds, be it the provider's or packed by {@link encryptedFor}. */
function readEncrypted(text: string, id?: string): CarriedState {
  const place = (['behind', 'alone'] as const).find((name) => text.startsWith(marks[name]))
  const packed = unpackStates(place === undefined ? text : text.slice(marks[place].length))
  if (packed !== undefined) return { states: packed, place: place ?? 'inside' }
  const own = { kind: 'encrypted-content' as const, data: text }
  return { states: [id === undefined ? own : { ...own, id }], place: 'inside' }
}

/** The state of a reasoning or compaction item. */
export function stateOfContent(item: JsonObject): CarriedState {
  const text = filled(item['encrypted_content'])
  return text === undefined
    ? { states: [], place: 'inside' }
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
  if (states.length > 0) return states
  return isMadeReasoning(item) ? madeReasoning : traceState(item)
}

/** Items that the model made and that have a form of their own in every protocol, so that their ids are all that is bound to a provider. */
const plainItems: ReadonlySet<string> = new Set(['message', 'function_call', 'custom_tool_call'])

/** Ids that answers of this gateway get, which no provider knows. */
const madeId = /^[a-z]{2,4}_[0-9a-f]{32}_[0-9]+$/

const nobody = { dialect: '', scope: '' }

/** Reasoning that came from a provider of another protocol, without state: none of this protocol would find it among its own. */
const madeReasoning: readonly OpaqueState[] = [
  { kind: 'encrypted-content', data: '', origin: nobody },
]

function isMadeReasoning(item: JsonObject): boolean {
  return item['type'] === 'reasoning' && madeId.test(filled(item['id']) ?? '')
}

/**
 * The id of a message or call of the model. A provider looks it up among its own and refuses what it does not find, so that it is state
 * like any other; without it the item stays what it is.
 */
export function idState(item: JsonObject): readonly OpaqueState[] {
  const id = filled(item['id'])
  const { type = 'message', role = 'assistant' } = item
  if (id === undefined || typeof type !== 'string' || !plainItems.has(type)) return []
  if (role !== 'assistant') return []
  const state = { kind: 'encrypted-content', data: id, id } as const
  return [madeId.test(id) ? { ...state, origin: nobody } : state]
}

function traceState(item: JsonObject): readonly OpaqueState[] {
  const id = filled(item['id'])
  if (id === undefined || !isHosted(item)) return []
  return [{ kind: 'encrypted-content', data: id, id }]
}
