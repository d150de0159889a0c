import {
  applySplices,
  type ByteRange,
  cut,
  type JsonElement,
  type JsonMember,
  type JsonObject,
  type JsonValue,
  objectElements,
  readValue,
  type Splice,
  type StateAccess,
  scanDocument,
} from '@jackfield/core'
import { isHosted } from './item-kinds.ts'
import { idState, statesOfItem } from './reasoning-state.ts'

/** What is in every item that may carry state: encrypted content, an id, or the type of a trace. */
const idMark = Buffer.from('"id"')
const encryptedMark = Buffer.from('"encrypted_content"')
const callMark = Buffer.from('_call"')
const otherMarks = ['"tool_search_output"', '"mcp_', '"program'].map((mark) => Buffer.from(mark))
const plainCalls = [Buffer.from('"function_call"'), Buffer.from('"custom_tool_call"')]

/** Items that a provider binds to the reasoning before them by their id. */
const boundTypes = new Set(['message', 'function_call', 'custom_tool_call'])

interface Item {
  readonly range: ByteRange
  readonly members: readonly JsonMember[]
  readonly value: JsonObject
}

/** Opaque state in request bodies: `encrypted_content`, the ids of what a provider's own tools did, and those of its other items. */
export const responsesStates: StateAccess = {
  find(body) {
    if (!mayHaveState(body)) return []
    return itemsIn(body).flatMap(({ value }) => [...statesOfItem(value), ...idState(value)])
  },
  without(body, keeps) {
    const items = itemsIn(body)
    const isKept = ({ value }: Item) => statesOfItem(value).every(keeps)
    const isKnown = ({ value }: Item) => idState(value).every(keeps)
    if (items.every((item) => isKept(item) && isKnown(item))) return body
    return applySplices(body, splicesFor(items, { isKept, isKnown }))
  },
}

function mayHaveState(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (bytes.includes(idMark) || bytes.includes(encryptedMark)) return true
  if (otherMarks.some((mark) => bytes.includes(mark))) return true
  for (let at = bytes.indexOf(callMark); at !== -1; at = bytes.indexOf(callMark, at + 1)) {
    const end = at + callMark.length
    const isPlain = plainCalls.some((type) => bytes.subarray(end - type.length, end).equals(type))
    if (!isPlain) return true
  }
  return false
}

/** The items of the input. A body that is no request has none: whoever reads it next will say so. */
function itemsIn(body: Uint8Array): readonly Item[] {
  try {
    const input = scanDocument(body).get('input')
    if (input?.kind !== 'array') return []
    return [...objectElements(body, input, { duplicates: 'keep' })].map((element) =>
      itemOf(body, element),
    )
  } catch {
    return []
  }
}

/** Members that tell what state an item has. The others, which are long, are not read. */
const telling = new Set(['type', 'role', 'id', 'execution', 'encrypted_content'])

function itemOf(body: Uint8Array, { span, members = [] }: JsonElement): Item {
  const value: Record<string, JsonValue> = {}
  for (const { name, value: place } of members) {
    if (telling.has(name)) value[name] = readValue(body, place) as JsonValue
  }
  return { range: span, members, value }
}

/** Items go with one comma; what a provider would miss them for loses its id. */
function splicesFor(
  items: readonly Item[],
  {
    isKept,
    isKnown,
  }: { readonly isKept: (item: Item) => boolean; readonly isKnown: (item: Item) => boolean },
): Splice[] {
  const splices: Splice[] = []
  let lastKept: Item | undefined
  let isLoose = false
  for (const [index, item] of items.entries()) {
    if (!isKept(item)) {
      splices.push(cut(rangeOf(item, lastKept, items[index + 1])))
      isLoose ||= !isHosted(item.value)
      continue
    }
    isLoose &&= isOfModel(item.value)
    if (isLoose || !isKnown(item)) splices.push(...withoutId(item))
    lastKept = item
  }
  return mergeTouching(splices)
}

/** An item with the comma before it; with the comma behind it if all before it go. */
function rangeOf({ range }: Item, lastKept: Item | undefined, next: Item | undefined): ByteRange {
  if (lastKept !== undefined) return { start: lastKept.range.end, end: range.end }
  return { start: range.start, end: next?.range.start ?? range.end }
}

/** Several items in a row that go are one range: each of them begins where the last one that stays ends. */
function mergeTouching(splices: readonly Splice[]): Splice[] {
  const merged: Splice[] = []
  for (const splice of splices) {
    const last = merged.at(-1)
    if (last !== undefined && splice.start < last.end) {
      merged[merged.length - 1] = { ...last, end: Math.max(last.end, splice.end) }
    } else merged.push(splice)
  }
  return merged
}

/** Whether the model made an item, so that the reasoning before it may have led to it. */
function isOfModel(item: JsonObject): boolean {
  const { type, role } = item
  if (type === 'message' || type === undefined) return role === 'assistant'
  return type !== 'function_call_output' && type !== 'custom_tool_call_output'
}

function withoutId({ members, value }: Item): Splice[] {
  const type = value['type'] ?? 'message'
  if (typeof type !== 'string' || !boundTypes.has(type)) return []
  const index = members.findIndex(({ name }) => name === 'id')
  const member = members[index]
  if (member === undefined) return []
  const before = members[index - 1]
  const behind = members[index + 1]
  if (before !== undefined) return [cut({ start: before.value.end, end: member.value.end })]
  return [cut({ start: member.keyStart, end: behind?.keyStart ?? member.value.end })]
}
