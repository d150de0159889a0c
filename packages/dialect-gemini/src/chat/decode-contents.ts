import {
  type AssistantMessage,
  type AssistantPart,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Message,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '@jackfield/core'
import {
  at,
  extensionsOf,
  isArray,
  optionalObject,
  optionalString,
  type Path,
  refuse,
  refuseType,
  requireObject,
  requireString,
} from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { stateMember } from '../signatures.ts'
import { CallHistory } from './call-history.ts'
import { type ContentPart, decodeContentPart } from './decode-part.ts'
import { joinPieces } from './join-pieces.ts'

const contentMembers = new Set(['role', 'parts'])
const callMembers = new Set(['functionCall', 'thought', 'thoughtSignature'])
const resultMembers = new Set(['functionResponse', 'thought', 'thoughtSignature'])

/** The instructions: a content, or the bare text that some clients send. */
export function decodeSystem(value: JsonValue | undefined): Message[] {
  const path = { key: 'systemInstruction' }
  if (value === undefined || value === null) return []
  if (typeof value === 'string')
    return [{ role: 'system', content: [{ type: 'text', text: value }] }]
  const content = requireObject(value, path)
  const parts = partsOf(content, path).map(({ part, place }) => systemText(part, place))
  const texts = parts.filter(({ text }) => text !== '')
  return texts.length === 0 ? [] : [{ role: 'system', content: texts }]
}

function systemText(part: JsonObject, place: Path): TextPart {
  const decoded = decodeContentPart(part, place)
  return decoded.type === 'text' ? decoded : refuse(place, 'must be a text part')
}

/** The conversation. A bare content stands for a list of one, as Google takes it. */
export function decodeContents(value: JsonValue | undefined): Message[] {
  const path = { key: 'contents' }
  const list = isJsonObject(value) ? [value] : value
  if (!isArray(list)) return refuseType(path, 'an array', value)
  if (list.length === 0) return refuse(path, 'must not be empty')
  const history = new CallHistory()
  const messages: Message[] = []
  for (const [index, item] of list.entries()) {
    const place = at(path, index)
    const content = typeof item === 'string' ? textContent(item) : requireObject(item, place)
    for (const message of decodeContent(content, { place, index, history })) {
      if (message.role === 'assistant') history.ask(addAssistant(messages, message))
      else messages.push(message)
    }
  }
  return messages.map((message) =>
    message.role === 'assistant' ? { ...message, content: joinPieces(message.content) } : message,
  )
}

/** Adds what the model said: neighbouring contents are one turn, of which clients keep the chunks. Returns the calls of the turn. */
function addAssistant(messages: Message[], message: AssistantMessage): ToolCallPart[] {
  const last = messages.at(-1)
  const turn = last?.role === 'assistant' ? sameTurn(last, message) : message
  if (last?.role === 'assistant') messages.pop()
  messages.push(turn)
  return turn.content.filter((part) => part.type === 'tool-call')
}

function sameTurn(before: AssistantMessage, message: AssistantMessage): AssistantMessage {
  const own = { ...before.extensions?.[geminiName], ...message.extensions?.[geminiName] }
  return {
    role: 'assistant',
    content: [...before.content, ...message.content],
    ...(Object.keys(own).length === 0 ? {} : { extensions: { [geminiName]: own } }),
  }
}

function textContent(text: string): JsonObject {
  return { parts: [{ text }] }
}

interface Reading {
  readonly place: Path
  readonly index: number
  readonly history: CallHistory
}

function decodeContent(content: JsonObject, reading: Reading): Message[] {
  const { place } = reading
  const role = optionalString(content, 'role', place)
  switch (role) {
    case 'model':
    case 'assistant':
      return [{ role: 'assistant', content: assistantParts(content, reading), ...rest(content) }]
    case undefined:
    case '':
    case 'user':
    case 'function':
    case 'tool':
      return userMessages(content, reading)
    case 'system':
    case 'developer':
      return [{ role: 'system', content: systemParts(content, place) }]
    default:
      return refuse(at(place, 'role'), 'must be "user" or "model"')
  }
}

function rest(content: JsonObject) {
  return extensionsOf(content, contentMembers, geminiName)
}

function systemParts(content: JsonObject, place: Path): TextPart[] {
  return partsOf(content, place).map(({ part, place: inner }) => systemText(part, inner))
}

interface PlacedPart {
  readonly part: JsonObject
  readonly place: Path
}

/** The parts of a content. Google takes one part in the place of a list, too. */
function partsOf(content: JsonObject, path: Path): PlacedPart[] {
  const place = at(path, 'parts')
  const { parts } = content
  if (parts === undefined || parts === null) return []
  const list = isArray(parts) ? parts : [parts]
  return list.map((part, index) => ({
    part: typeof part === 'string' ? { text: part } : checkedPart(part, at(place, index)),
    place: at(place, index),
  }))
}

/** What is known of a part has the kind that it must have; what is unknown is nobody's mistake. */
function checkedPart(value: JsonValue, place: Path): JsonObject {
  const part = requireObject(value, place)
  optionalString(part, 'text', place)
  optionalObject(part, 'inlineData', place)
  optionalObject(part, 'fileData', place)
  return part
}

function assistantParts(content: JsonObject, { place, index }: Reading): AssistantPart[] {
  let calls = 0
  return partsOf(content, place).flatMap(({ part, place: inner }): AssistantPart[] => {
    const call = optionalObject(part, 'functionCall', inner)
    if (call === undefined) return keepFilled(decodeContentPart(part, inner))
    // The empty call that closes a streamed one is repeated by clients that keep what they got.
    if (Object.keys(call).length === 0) return []
    const madeUp = `call_m${index}_${calls}`
    calls += 1
    return [decodeCall(part, at(inner, 'functionCall'), madeUp)]
  })
}

/** An empty text says nothing, unless it carries state. */
function keepFilled(part: ContentPart): ContentPart[] {
  const isText = part.type === 'text' || part.type === 'reasoning'
  return isText && part.text === '' && part.state === undefined ? [] : [part]
}

function decodeCall(part: JsonObject, path: Path, madeUp: string): ToolCallPart {
  const call = requireObject(part['functionCall'], path)
  const id = optionalString(call, 'id', path) ?? ''
  return {
    type: 'tool-call',
    callId: id === '' ? madeUp : id,
    name: requireString(call, 'name', path),
    kind: 'function',
    arguments: JSON.stringify(optionalObject(call, 'args', path) ?? {}),
    ...stateMember(part['thoughtSignature']),
    ...extensionsOf(part, callMembers, geminiName),
  }
}

/** Results come first: they answer the turn before, whatever else the user said in between. */
function userMessages(content: JsonObject, { place, index, history }: Reading): Message[] {
  const results: ToolResultPart[] = []
  const parts: UserPart[] = []
  for (const { part, place: inner } of partsOf(content, place)) {
    const response = optionalObject(part, 'functionResponse', inner)
    if (response === undefined) parts.push(...userParts(part, inner))
    else {
      const madeUp = `call_u${index}_${results.length}`
      results.push(decodeResult(part, response, { place: inner, madeUp, history }))
    }
  }
  const said = parts.length > 0 || results.length === 0
  return [
    ...(results.length === 0 ? [] : [{ role: 'tool', content: results } as const]),
    ...(said ? [{ role: 'user', content: parts, ...rest(content) } as const] : []),
  ]
}

function userParts(part: JsonObject, place: Path): UserPart[] {
  const decoded = decodeContentPart(part, place)
  if (decoded.type === 'reasoning') return refuse(place, 'may only be in a content of the model')
  return decoded.type === 'text' && decoded.text === '' ? [] : [decoded]
}

interface ResultReading {
  readonly place: Path
  readonly madeUp: string
  readonly history: CallHistory
}

function decodeResult(
  part: JsonObject,
  response: JsonObject,
  { place, madeUp, history }: ResultReading,
): ToolResultPart {
  const path = at(place, 'functionResponse')
  const said = optionalString(response, 'name', path) ?? ''
  const id = optionalString(response, 'id', path)
  const call = history.answer(id, said)
  const name = said === '' ? call?.name : said
  return {
    type: 'tool-result',
    callId: call?.callId ?? (id === undefined || id === '' ? madeUp : id),
    ...(name === undefined ? {} : { name }),
    kind: 'function',
    ...resultOf(response, path),
    ...resultExtensions(part, response),
  }
}

const responseMembers = new Set(['id', 'name', 'response', 'parts'])

function resultExtensions(part: JsonObject, response: JsonObject) {
  const own = extensionsOf(response, responseMembers, geminiName).extensions?.[geminiName]
  return own === undefined
    ? extensionsOf(part, resultMembers, geminiName)
    : { extensions: { [geminiName]: { functionResponse: own } } }
}

/** `{output: text}` and `{error: text}` are how texts travel; any other object is the result as the tool made it. */
function resultOf(
  response: JsonObject,
  path: Path,
): Pick<ToolResultPart, 'content' | 'structured' | 'failed'> {
  const value = response['response']
  const media = mediaIn(response, path)
  if (value === undefined || value === null) return { content: media }
  const result = isJsonObject(value) ? value : { output: value }
  const [key, ...others] = Object.keys(result)
  const text = key === undefined || others.length > 0 ? undefined : result[key]
  const failed = result['error'] !== undefined && result['error'] !== null ? { failed: true } : {}
  if (typeof text === 'string' && (key === 'output' || key === 'error')) {
    const texts = text === '' ? [] : [{ type: 'text', text } as const]
    return { content: [...texts, ...media], ...failed }
  }
  return { content: media, structured: result, ...failed }
}

function mediaIn(response: JsonObject, path: Path): ToolResultPart['content'] {
  const content = partsOf({ parts: response['parts'] ?? [] }, path)
  return content.flatMap(({ part, place }) => {
    const decoded = decodeContentPart(part, place)
    return decoded.type === 'reasoning' ? [] : [decoded]
  })
}
