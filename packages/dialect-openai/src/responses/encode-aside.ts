import { isJsonObject, type JsonObject, type ProviderPart } from '@jackfield/core'
import { responsesName } from '../names.ts'
import { type EncodeState, typeOf } from './encode-content.ts'
import { filled, isClientMade, typeOfItem } from './item-kinds.ts'

/** Ids of calls may have any form, but no more characters (protocol reference 5.3). */
export const callIdRule = { pattern: /^.+$/s, maxLength: 64 }

/** Calls of a conversation, and which of them have been answered so far. */
export interface CallBook {
  readonly kinds: Map<string, 'function' | 'custom'>
  /** Place of the last message that has a result, by the id of the call. */
  readonly lastResults: ReadonlyMap<string, number>
  /** Place of the message that is being written. */
  place: number
  /** Ids whose result has been written, unless a call of the same id came again. */
  readonly written: Set<string>
  /** Call ids of hosted calls that went along. */
  readonly hosted: Set<string>
}

/** An item that a client made. Its own id is nothing that a provider could look up. */
export function encodeAside(
  { dialect, value, cache }: ProviderPart,
  state: EncodeState,
  book: CallBook,
): JsonObject[] {
  if (cache !== undefined) state.dropped.add('cache')
  if (dialect !== responsesName || !isJsonObject(value) || !isUseful(value, state, book)) {
    state.dropped.add(typeOf(value))
    return []
  }
  if (typeOfItem(value) === 'item_reference' || typeOfItem(value) === 'local_shell_call_output') {
    return [value]
  }
  const { id: _, ...rest } = value
  return [rest]
}

/** References need a provider that stores; outputs need their call, be it in what the request continues. */
function isUseful(item: JsonObject, { stored, continued }: EncodeState, book: CallBook): boolean {
  if (typeOfItem(item) === 'item_reference') return stored
  const callId = filled(item['call_id'])
  const isOutput = isClientMade(item) && typeOfItem(item).endsWith('_output')
  return !isOutput || callId === undefined || continued || book.hosted.has(callId)
}
