import type {
  AssistantMessage,
  AssistantPart,
  JsonObject,
  JsonValue,
  Message,
  SystemMessage,
  TextPart,
  ToolResultPart,
  UserPart,
} from '@jackfield/core'
import {
  asExtensions,
  at,
  leftoverOf,
  optionalBoolean,
  type Path,
  refuse,
  refuseType,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { extensionsOf } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import { decodeAssistantBlock, decodeText, decodeUserBlock } from './decode-block.ts'
import { marksOf } from './decode-media.ts'

const messageMembers = new Set(['role', 'content'])
const resultMembers = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control'])

/** Where each kind of source has what it is about. */
const sourceMember: ReadonlyMap<string, string> = new Map([
  ['base64', 'data'],
  ['text', 'data'],
  ['url', 'url'],
  ['file', 'file_id'],
])

/** Names of the tools that have been called so far, by the ids of the calls. */
type CallNames = Map<string, string>

/** The top-level `system`, a string or a list of text blocks, as the first message. */
export function decodeSystem(system: JsonValue | undefined): SystemMessage[] {
  if (system === undefined || system === null) return []
  const content = systemTexts(system, { key: 'system' })
  return content.length === 0 ? [] : [{ role: 'system', content }]
}

/** The conversation. A user's message with tool results becomes a tool message, and a user message for what else is in it. */
export function decodeMessages(list: readonly JsonValue[]): Message[] {
  const names: CallNames = new Map()
  return list.flatMap((item, index) => {
    const path = at({ key: 'messages' }, index)
    return decodeMessage(requireObject(item, path), path, names)
  })
}

function decodeMessage(wire: JsonObject, path: Path, names: CallNames): Message[] {
  switch (requireString(wire, 'role', path)) {
    case 'user':
      return decodeUser(wire, path, names)
    case 'assistant':
      return [decodeAssistant(wire, path, names)]
    case 'system':
      return [decodeLateSystem(wire, path)]
    default:
      return refuse(at(path, 'role'), 'must be "user", "assistant" or "system"')
  }
}

/** A message's content as blocks; a string is one text block. */
function contentBlocks(wire: JsonObject, path: Path): readonly JsonObject[] {
  const { content } = wire
  const place = at(path, 'content')
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (content === undefined || content === null) return []
  if (!Array.isArray(content)) return refuseType(place, 'a string or an array of blocks', content)
  return content.map((item, index) => checkedBlock(item, at(place, index)))
}

/** What a block needs to be understood, whoever it is for. */
function checkedBlock(value: JsonValue, path: Path): JsonObject {
  if (typeof value === 'string') return { type: 'text', text: value }
  const block = requireObject(value, path)
  const type = requireString(block, 'type', path)
  if (type === 'text') requireString(block, 'text', path)
  if (type === 'image' || type === 'document') checkSource(block['source'], at(path, 'source'))
  if (type === 'tool_use') {
    requireString(block, 'id', path)
    requireString(block, 'name', path)
  }
  if (type === 'tool_result') requireString(block, 'tool_use_id', path)
  return block
}

/** Kinds of sources that only this dialect knows are nobody's mistake. */
function checkSource(value: JsonValue | undefined, path: Path): void {
  const source = requireObject(value, path)
  const member = sourceMember.get(requireString(source, 'type', path))
  if (member !== undefined) requireString(source, member, path)
}

function decodeUser(wire: JsonObject, path: Path, names: CallNames): Message[] {
  const messages: Message[] = []
  for (const [index, block] of contentBlocks(wire, path).entries()) {
    const last = messages.at(-1)
    if (block['type'] === 'tool_result') {
      const result = decodeResult(block, at(at(path, 'content'), index), names)
      if (last?.role === 'tool')
        replaceLast(messages, { ...last, content: [...last.content, result] })
      else messages.push({ role: 'tool', content: [result] })
    } else {
      const parts: UserPart[] = [decodeUserBlock(block)].filter((part) => part !== undefined)
      if (last?.role === 'user') {
        replaceLast(messages, { ...last, content: [...last.content, ...parts] })
      } else if (parts.length > 0) messages.push({ role: 'user', content: parts })
    }
  }
  const whole: readonly Message[] =
    messages.length === 0 ? [{ role: 'user', content: [] }] : messages
  const extensions = extensionsOf(wire, messageMembers)
  return whole.map((message) => ({ ...message, ...extensions }))
}

function replaceLast(messages: Message[], message: Message): void {
  messages[messages.length - 1] = message
}

function decodeResult(block: JsonObject, path: Path, names: CallNames): ToolResultPart {
  const callId = requireString(block, 'tool_use_id', path)
  const failed = optionalBoolean(block, 'is_error', path)
  const name = names.get(callId)
  return {
    type: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    kind: 'function',
    content: contentBlocks(block, path)
      .map(decodeUserBlock)
      .filter((part) => part !== undefined),
    ...(failed === undefined ? {} : { failed }),
    ...marksOf(block, resultMembers),
  }
}

function decodeAssistant(wire: JsonObject, path: Path, names: CallNames): AssistantMessage {
  const content: AssistantPart[] = contentBlocks(wire, path)
    .map((block) => decodeAssistantBlock(block, 'client'))
    .filter((part) => part !== undefined)
  for (const part of content) if (part.type === 'tool-call') names.set(part.callId, part.name)
  return { role: 'assistant', content, ...extensionsOf(wire, messageMembers) }
}

/** Instructions in mid conversation. Blocks that are no texts (changes of tools) go along as they are. */
function decodeLateSystem(wire: JsonObject, path: Path): SystemMessage {
  const blocks = contentBlocks(wire, path)
  const isPlain = blocks.every(({ type }) => type === 'text')
  const left = leftoverOf(wire, messageMembers)
  const kept = isPlain ? left : { ...left, content: blocks }
  return { role: 'system', content: textsOf(blocks), ...asExtensions(kept, anthropicName) }
}

function textsOf(blocks: readonly JsonObject[]): TextPart[] {
  return blocks
    .filter(({ type }) => type === 'text')
    .map(decodeText)
    .filter((part) => part !== undefined)
}

function systemTexts(system: JsonValue, path: Path): TextPart[] {
  if (typeof system === 'string') return system === '' ? [] : [{ type: 'text', text: system }]
  if (!Array.isArray(system)) return refuseType(path, 'a string or an array of blocks', system)
  return textsOf(
    system.map((item, index) => {
      const block = checkedBlock(item, at(path, index))
      return block['type'] === 'text' ? block : refuse(at(path, index), 'must be a text block')
    }),
  )
}
