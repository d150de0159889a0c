import type {
  AssistantPart,
  JsonObject,
  JsonValue,
  MediaPart,
  Message,
  ProviderPart,
  SystemMessage,
  TextPart,
  ToolResultPart,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  extensionsOf,
  isArray,
  optionalString,
  type Path,
  refuse,
  refuseType,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { ConversationBuilder } from './conversation-builder.ts'
import { type ContentPart, decodeContent } from './decode-content.ts'
import { decodeCallItem, decodeOtherItem, decodeReasoningItem } from './decode-item.ts'
import { filled, isClientMade, typeOfItem } from './item-kinds.ts'
import { stateOfContent, statesOfItem } from './reasoning-state.ts'

const messageMembers = new Set(['type', 'role', 'content', 'id', 'status', 'phase', 'created_by'])
const outputMembers = new Set([
  ...['type', 'id', 'status', 'call_id', 'output', 'name', 'created_by'],
])

/** The conversation: `instructions`, then the items of `input`. */
export function decodeConversation(wire: JsonObject): Message[] {
  const builder = new ConversationBuilder()
  const { instructions, input } = wire
  if (typeof instructions === 'string') {
    if (instructions !== '') builder.message(instructionsMessage(instructions))
  } else {
    decodeItems(instructions, { key: 'instructions' }, builder)
  }
  if (typeof input === 'string') {
    builder.message({ role: 'user', content: decodeContent(input, { key: 'input' }) as TextPart[] })
  } else {
    decodeItems(input, { key: 'input' }, builder)
  }
  return builder.messages
}

function instructionsMessage(text: string): SystemMessage {
  return {
    role: 'system',
    content: [{ type: 'text', text }],
    ...asExtensions({ place: 'instructions' }, responsesName),
  }
}

function decodeItems(items: JsonValue | undefined, path: Path, builder: ConversationBuilder): void {
  if (items === undefined || items === null) return
  const list = isArray(items) ? items : refuseType(path, 'a string or an array of items', items)
  for (const [index, value] of list.entries()) {
    const place = at(path, index)
    const item = typeof value === 'string' ? { role: 'user', content: value } : value
    decodeItem(requireObject(item, place), place, builder)
  }
}

function decodeItem(item: JsonObject, path: Path, builder: ConversationBuilder): void {
  switch (typeOfItem(item)) {
    case 'message':
      decodeMessage(item, path, builder)
      return
    case 'reasoning':
      decodeReasoning(item, builder)
      return
    case 'function_call':
    case 'custom_tool_call':
      decodeCall(item, path, builder)
      return
    case 'function_call_output':
    case 'custom_tool_call_output':
      decodeOutput(item, path, builder)
      return
    default:
      decodeOther(item, builder)
  }
}

function decodeMessage(item: JsonObject, path: Path, builder: ConversationBuilder): void {
  const role = requireString(item, 'role', path)
  const place = at(path, 'content')
  const parts = decodeContent(item['content'], place)
  const left = extensionsOf(item, messageMembers, responsesName)
  switch (role) {
    case 'user':
      builder.message({ role, content: clientParts(parts, place), ...left })
      return
    case 'system':
    case 'developer': {
      const texts = parts.filter((part) => part.type === 'text')
      const others = clientParts(parts, place).filter((part) => part.type !== 'text')
      builder.message({ role, content: texts, ...left })
      // Instructions are text in every other protocol: what else is shown is shown by the user.
      if (others.length > 0) builder.message({ role: 'user', content: others })
      return
    }
    case 'assistant':
      builder.assistant(parts.map((part) => inPhase(part, item['phase'])))
      return
    default:
      refuse(at(path, 'role'), 'must be "user", "assistant", "system" or "developer"')
  }
}

/** `phase` belongs to a message, of which an assistant's turn may have several. */
function inPhase(part: ContentPart, phase: JsonValue | undefined): AssistantPart {
  if (typeof phase !== 'string' || part.type === 'provider') return part
  const own = { ...part.extensions?.[responsesName], phase }
  return { ...part, extensions: { ...part.extensions, [responsesName]: own } }
}

function clientParts(
  parts: readonly ContentPart[],
  path: Path,
): (TextPart | MediaPart | ProviderPart)[] {
  return parts.map((part, index) =>
    part.type === 'refusal' ? refuse(at(path, index), 'may only be in an assistant message') : part,
  )
}

function decodeReasoning(item: JsonObject, builder: ConversationBuilder): void {
  const { states, place } = stateOfContent(item)
  if (place === 'behind') builder.attachBehind(states)
  else if (place === 'alone') builder.assistant([{ type: 'text', text: '', state: states }])
  else builder.assistant(decodeReasoningItem(item))
}

function decodeCall(item: JsonObject, path: Path, builder: ConversationBuilder): void {
  const call = decodeCallItem(item, `call_${path.key}`)
  const read = call ?? refuseType(at(path, 'name'), 'a string', item['name'])
  const isEmpty = read.kind === 'function' && read.arguments === ''
  builder.assistant([isEmpty ? { ...read, arguments: '{}' } : read])
}

function decodeOutput(item: JsonObject, path: Path, builder: ConversationBuilder): void {
  const given = optionalString(item, 'call_id', path)
  // Output that nobody asked for, as asynchronous functions give it, has no call that other protocols could link it with.
  if (given === undefined && item['async'] === true) {
    builder.aside({ type: 'provider', dialect: responsesName, value: item })
    return
  }
  const callId = given ?? refuseType(at(path, 'call_id'), 'a string', item['call_id'])
  const call = builder.call(callId)
  const name = call?.name ?? filled(item['name'])
  const result: ToolResultPart = {
    type: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    kind: item['type'] === 'custom_tool_call_output' ? 'custom' : 'function',
    content: outputParts(item['output'], at(path, 'output')),
    ...extensionsOf(item, outputMembers, responsesName),
  }
  builder.result(result)
}

/** A value that is neither text nor a list is what some clients send for text. */
function outputParts(output: JsonValue | undefined, path: Path): ToolResultPart['content'] {
  const isText = typeof output === 'string' || Array.isArray(output) || output === undefined
  return clientParts(decodeContent(isText ? output : JSON.stringify(output), path), path)
}

function decodeOther(item: JsonObject, builder: ConversationBuilder): void {
  const part = decodeOtherItem(item, statesOfItem(item))
  if (part.type === 'provider' && (isClientMade(item) || typeOfItem(item) === 'item_reference')) {
    builder.aside(part)
  } else {
    builder.assistant([part])
  }
}
