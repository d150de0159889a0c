import {
  isJsonObject,
  type JsonMember,
  type JsonValue,
  type JsonValueSpan,
  type OpaqueState,
  objectElements,
  readValue,
  type StateAccess,
} from '@jackfield/core'
import { hasMark, type StateItem, statesOf, tryScan, withoutStates } from '@jackfield/dialect-kit'
import { decodeReasoning } from '../chat/reasoning-fields.ts'
import { opaqueStrings, stateMarks, stringsOfDetail, thoughtSignatures } from './opaque-strings.ts'

/**
 * State in the bodies of chats: OpenRouter's `reasoning_details`, and Google's thought signatures in `extra_content`. A refused entry
 * goes as a whole, its text included; the protocol demands none of them.
 */
export const chatStates: StateAccess = {
  find: (body) => statesOf(stateItems(body)),
  without: (body, keeps) => withoutStates(body, stateItems(body), keeps),
}

/** The messages with what they hold; none where no state can be in the bytes. */
function stateItems(body: Uint8Array): readonly StateItem[] {
  const messages = hasMark(body, stateMarks) ? tryScan(body)?.get('messages') : undefined
  return messages?.kind === 'array' ? elementItems(body, messages, messageItem) : []
}

type ReadMember = (body: Uint8Array, member: JsonMember) => Partial<StateItem>

function elementItems(
  body: Uint8Array,
  span: JsonValueSpan,
  read: ReadMember,
): readonly StateItem[] {
  const elements = objectElements(body, span, { duplicates: 'keep' })
  return Array.from(elements, ({ span: { start, end }, members = [] }) => ({
    start,
    end,
    children: members.map((member) => ({
      start: member.keyStart,
      end: member.value.end,
      ...read(body, member),
    })),
  }))
}

function messageItem(body: Uint8Array, member: JsonMember): Partial<StateItem> {
  const { name, value } = member
  if (name === 'reasoning_details' && value.kind === 'array') return detailItems(body, value)
  if (name === 'tool_calls' && value.kind === 'array') {
    return { children: elementItems(body, value, thoughtItem) }
  }
  return thoughtItem(body, member)
}

/** Both as translated answers are remembered, together, and as watched ones are, each by itself. */
function detailItems(body: Uint8Array, value: JsonValueSpan): Partial<StateItem> {
  const details = readValue(body, value) as JsonValue
  const together = decodeReasoning({ reasoning_details: details }, ['reasoning_details'])
  const elements = objectElements(body, value, { duplicates: 'keep' })
  return {
    states: together.flatMap(({ state = [] }) => state),
    goesWhenEmpty: true,
    children: Array.from(elements, ({ span }) => ({
      start: span.start,
      end: span.end,
      states: detailStates(readValue(body, span) as JsonValue),
    })),
  }
}

function detailStates(detail: JsonValue): readonly OpaqueState[] {
  return isJsonObject(detail) ? stringsOfDetail(detail) : []
}

function thoughtItem(body: Uint8Array, { name, value }: JsonMember): Partial<StateItem> {
  if (name === 'thought_signature') {
    return { states: opaqueStrings({ [name]: readValue(body, value) as JsonValue }) }
  }
  if (name !== 'extra_content' || value.kind !== 'object') return {}
  const data = readValue(body, value) as JsonValue
  return { states: [{ kind: 'thought-signature', data }, ...thoughtSignatures(data)] }
}
