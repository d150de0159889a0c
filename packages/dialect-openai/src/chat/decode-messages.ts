import type {
  AssistantMessage,
  AssistantPart,
  JsonObject,
  JsonValue,
  Message,
  TextPart,
  ToolMessage,
  ToolResultPart,
  UserPart,
} from '@jackfield/core'
import {
  at,
  extensionsOf,
  optionalString,
  type Path,
  refuse,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { CallHistory } from './call-history.ts'
import { type ContentPart, decodeContent } from './decode-part.ts'
import { decodeHistoryCalls } from './decode-tool-calls.ts'
import { decodeReasoning, reasoningFields } from './reasoning-fields.ts'

const plainMembers = new Set(['role', 'content', 'name'])
const resultMembers = new Set(['role', 'content', 'name', 'tool_call_id'])
const assistantMembers = new Set([
  ...plainMembers,
  ...reasoningFields,
  'refusal',
  'tool_calls',
  'function_call',
])

/** The conversation. Neighbouring tool results become one message, as they answer one message. */
export function decodeMessages(list: readonly JsonValue[]): Message[] {
  const history = new CallHistory()
  const messages: Message[] = []
  for (const [index, item] of list.entries()) {
    const path = at({ key: 'messages' }, index)
    const message = decodeMessage(requireObject(item, path), path, history)
    const last = messages.at(-1)
    if (message.role === 'tool' && last?.role === 'tool') {
      messages[messages.length - 1] = { ...last, content: [...last.content, ...message.content] }
    } else {
      messages.push(message)
    }
  }
  return messages
}

function decodeMessage(wire: JsonObject, path: Path, history: CallHistory): Message {
  const role = requireString(wire, 'role', path)
  switch (role) {
    case 'system':
    case 'developer':
      return { role, content: textsOnly(wire, path), ...baseOf(wire, path, plainMembers) }
    case 'user':
      return { role, content: userParts(wire, path), ...baseOf(wire, path, plainMembers) }
    case 'assistant':
      return decodeAssistant(wire, path, history)
    case 'tool':
    case 'function':
      return decodeToolResult(wire, path, history)
    default:
      return refuse(
        at(path, 'role'),
        'must be "system", "developer", "user", "assistant", "tool" or "function"',
      )
  }
}

function baseOf(wire: JsonObject, path: Path, known: ReadonlySet<string>) {
  const name = optionalString(wire, 'name', path)
  return { ...(name === undefined ? {} : { name }), ...extensionsOf(wire, known, chatName) }
}

function textsOnly(wire: JsonObject, path: Path): TextPart[] {
  const place = at(path, 'content')
  return decodeContent(wire['content'], place).map((part, index) =>
    part.type === 'text' ? part : refuse(at(place, index), 'must be a text part'),
  )
}

function userParts(wire: JsonObject, path: Path): UserPart[] {
  const place = at(path, 'content')
  return decodeContent(wire['content'], place).map((part, index) => {
    if (part.type === 'refusal' || part.type === 'reasoning') {
      return refuse(at(place, index), 'may only be in an assistant message')
    }
    return part
  })
}

function decodeAssistant(wire: JsonObject, path: Path, history: CallHistory): AssistantMessage {
  const calls = decodeHistoryCalls(wire, path)
  history.ask(calls)
  const refusal = optionalString(wire, 'refusal', path) ?? ''
  const parts = decodeContent(wire['content'], at(path, 'content'))
  const content: AssistantPart[] = [
    ...decodeReasoning(wire, reasoningFields),
    ...parts.filter((part) => part.type !== 'refusal'),
    ...parts.filter((part) => part.type === 'refusal'),
    ...(refusal === '' ? [] : [{ type: 'refusal', text: refusal } as const]),
    ...calls,
  ]
  return { role: 'assistant', content, ...baseOf(wire, path, assistantMembers) }
}

function decodeToolResult(wire: JsonObject, path: Path, history: CallHistory): ToolMessage {
  const name = optionalString(wire, 'name', path)
  const callId = optionalString(wire, 'tool_call_id', path) ?? history.firstOpen(name)?.callId
  if (callId === undefined) return refuse(at(path, 'tool_call_id'), 'must be a string, not missing')
  const call = history.answer(callId)
  const known = call?.name ?? name
  const result: ToolResultPart = {
    type: 'tool-result',
    callId,
    ...(known === undefined ? {} : { name: known }),
    kind: call?.kind ?? 'function',
    content: resultParts(wire, path),
    ...extensionsOf(wire, resultMembers, chatName),
  }
  return { role: 'tool', content: [result] }
}

function resultParts(wire: JsonObject, path: Path): ToolResultPart['content'] {
  const place = at(path, 'content')
  return decodeContent(wire['content'], place).map((part: ContentPart, index) => {
    if (part.type === 'refusal' || part.type === 'reasoning') {
      return refuse(at(place, index), 'may only be in an assistant message')
    }
    return part
  })
}
