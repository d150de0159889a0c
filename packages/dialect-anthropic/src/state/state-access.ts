import {
  createBodyEditor,
  type JsonDocument,
  type JsonElement,
  type JsonMember,
  type OpaqueState,
  objectElements,
  readValue,
  type StateAccess,
  scanDocument,
} from '@jackfield/core'
import {
  hasMark,
  isPacked,
  memberSpan,
  memberText,
  type StateItem,
  spliced,
  statesOf,
  tryScan,
  unpackStates,
  withoutStates,
} from '@jackfield/dialect-kit'
import { isMade } from '../chat/citations.ts'
import { disableThinking } from '../request/edit-parameters.ts'
import { readLoop } from '../request/loop.ts'
import { bareCalls } from './bare-calls.ts'
import { searchSignatures } from './search-states.ts'

/** In every body that holds state. Nearly every body of other clients has none of them and is not read. */
const marks = ['"signature"', '"thinking"', '"redacted_thinking"', '"encrypted_index"'].map(
  (mark) => Buffer.from(mark),
)

/** Opaque state in Messages requests: signatures of thinking, and redacted thinking. */
export const states: StateAccess = {
  find(body) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const found = searchSignatures(bytes, (signature) => stateOf('signature', signature))
    return [...(found ?? statesOf(itemsIn(body) ?? [])), ...bareCalls(body)]
  },
  without(body, keeps) {
    const items = itemsIn(body)
    if (items === undefined) return body
    const isMissed = bareCalls(body).some((call) => !keeps(call))
    const rest = withoutStates(body, items, keeps)
    return rest === body && !isMissed ? body : legalAgain(body, { rest, isMissed })
  },
}

/** The messages of a body with the blocks in them; `undefined` where there is nothing to be found. */
function itemsIn(body: Uint8Array): readonly StateItem[] | undefined {
  const document = hasMark(body, marks) ? tryScan(body) : undefined
  return document === undefined ? undefined : messageItems(document)
}

function messageItems({ bytes, get }: JsonDocument): readonly StateItem[] {
  const messages = get('messages')
  if (messages?.kind !== 'array') return []
  return elements(bytes, messages).map(({ span, members = [] }) => ({
    start: span.start,
    end: span.end,
    // A message without a block is refused, so it goes with its last one.
    goesWhenEmpty: true,
    children: blockItems(bytes, members),
  }))
}

function elements(
  bytes: Uint8Array,
  span: Parameters<typeof objectElements>[1],
): readonly JsonElement[] {
  return [...objectElements(bytes, span, { duplicates: 'keep' })]
}

function blockItems(bytes: Uint8Array, message: readonly JsonMember[]): readonly StateItem[] {
  const content = memberSpan(message, 'content')
  if (content?.kind !== 'array') return []
  return elements(bytes, content).map(({ span, members = [] }) => ({
    start: span.start,
    end: span.end,
    ...stateItem(bytes, members),
  }))
}

function stateItem(
  bytes: Uint8Array,
  members: readonly JsonMember[],
): Pick<StateItem, 'states' | 'children'> {
  switch (memberText(bytes, members, 'type')) {
    case 'thinking':
      return { states: stateOf('signature', memberText(bytes, members, 'signature')) }
    case 'redacted_thinking':
      return { states: stateOf('redacted-thinking', memberText(bytes, members, 'data')) }
    case 'text':
      return { children: citationItems(bytes, members) }
    default:
      return {}
  }
}

/** Whose a state is that no provider made: thinking without a signature is refused by all of them. */
const nobody = { dialect: '', scope: '' }

function stateOf(
  kind: 'signature' | 'redacted-thinking',
  data: string | undefined,
): readonly OpaqueState[] {
  if (data === undefined || data === '') return [{ kind, data: '', origin: nobody }]
  if (!isPacked(data)) return [{ kind, data }]
  const packed = unpackStates(data) ?? []
  return packed.length > 0 ? packed.map(labelled) : [{ kind, data, origin: nobody }]
}

/** What is packed is never this protocol's own, even where a label is missing. */
function labelled(state: OpaqueState): OpaqueState {
  return state.origin === undefined ? { ...state, origin: nobody } : state
}

/** Citations that this dialect made for a client: their index means nothing to a provider. */
function citationItems(bytes: Uint8Array, members: readonly JsonMember[]): readonly StateItem[] {
  const citations = memberSpan(members, 'citations')
  if (citations?.kind !== 'array') return []
  return elements(bytes, citations).map(({ span }) => {
    const value = readValue(bytes, span)
    return { start: span.start, end: span.end, ...(isMadeCitation(value) ? made : {}) }
  })
}

const made: Pick<StateItem, 'states'> = {
  states: [{ kind: 'encrypted-content', data: '', origin: nobody }],
}

function isMadeCitation(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (!('type' in value && 'encrypted_index' in value)) return false
  return isMade({ type: String(value.type), encrypted_index: String(value.encrypted_index) })
}

/** Thinking is off for this request where an open tool loop lacks the thinking that a provider demands of it. */
function legalAgain(
  before: Uint8Array,
  { rest, isMissed }: { readonly rest: Uint8Array; readonly isMissed: boolean },
): Uint8Array {
  const document = scanDocument(rest)
  const { isOpen, thinks } = readLoop(document)
  if (!isOpen || thinks) return rest
  if (!isMissed && !readLoop(scanDocument(before)).thinks) return rest
  const editing = { document, editor: createBodyEditor(document) }
  disableThinking(editing)
  return spliced(rest, editing.editor)
}
