import type {
  AssistantMessage,
  AssistantPart,
  JsonObject,
  JsonValue,
  Message,
  ToolCallPart,
  ToolMessage,
  UserMessage,
} from '@jackfield/core'
import { isJsonObject } from '@jackfield/core'
import { parseJson, withLeftover } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { encodePart, signed } from './encode-part.ts'
import { encodeOrphan, encodeResult } from './encode-result.ts'
import type { EncodeState } from './encode-state.ts'
import { matchResults, type ResultMatches } from './match-results.ts'

/** One content while it is made: neighbours of one role are one content. */
interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
  /** Responses to the calls of the turn before, which stand before everything else. */
  readonly responses: JsonObject[]
  /** Calls of a turn of the model, in order, and where their parts stand. */
  readonly calls: { readonly call: ToolCallPart; readonly at: number }[]
  rest: JsonObject
}

/** The instructions and the conversation on the wire. */
export interface EncodedContents {
  readonly contents: readonly JsonObject[]
  readonly system: readonly JsonObject[]
}

/**
 * A conversation as the strictest provider takes it: the user first, roles taking turns, behind each turn with calls one turn of the
 * user that begins with as many responses. Instructions in its middle go to its front, which `dropped` names.
 */
export function encodeContents(messages: readonly Message[], state: EncodeState): EncodedContents {
  const matches = matchResults(messages)
  const system: JsonObject[] = []
  const turns: Turn[] = []
  for (const message of messages) {
    noteBase(message, state)
    switch (message.role) {
      case 'system':
      case 'developer':
        if (turns.length > 0) state.dropped.add('system_position')
        system.push(...message.content.flatMap((part) => encodePart(part, state)))
        break
      case 'assistant':
        addAssistant(turns, message, state)
        break
      default:
        addUser(turns, message, { state, matches })
    }
  }
  if (turns[0]?.role !== 'user') turns.unshift(openingTurn(turns, system))
  answerCalls(turns, { state, matches })
  placePlaceholders(turns, state)
  return { contents: turns.map(contentOf), system }
}

function noteBase({ name, cache, content }: Message, { dropped }: EncodeState): void {
  if (name !== undefined) dropped.add('name')
  if (cache !== undefined || content.some(isMarked)) dropped.add('cache')
}

/** Whether a part, or one inside it, has a mark for the prompt cache, which the protocol does not know. */
function isMarked(part: Message['content'][number]): boolean {
  return part.cache !== undefined || (part.type === 'tool-result' && part.content.some(isMarked))
}

/** Of a request that has nothing but instructions, the last one is what the user says. */
function openingTurn(turns: readonly Turn[], system: JsonObject[]): Turn {
  const last = turns.length === 0 ? system.pop() : undefined
  // An empty text is refused by some versions.
  return { ...newTurn('user'), parts: [last ?? { text: ' ' }] }
}

interface Encoding {
  readonly state: EncodeState
  readonly matches: ResultMatches
}

function newTurn(role: Turn['role']): Turn {
  return { role, parts: [], responses: [], calls: [], rest: {} }
}

function turnOf(turns: Turn[], role: Turn['role']): Turn {
  const last = turns.at(-1)
  if (last?.role === role) return last
  const turn = newTurn(role)
  turns.push(turn)
  return turn
}

function addAssistant(turns: Turn[], message: AssistantMessage, state: EncodeState): void {
  const encoded = message.content.map((part) => ({ part, wire: encodeAssistantPart(part, state) }))
  if (encoded.every(({ wire }) => wire.length === 0)) return
  const turn = turnOf(turns, 'model')
  for (const { part, wire } of encoded) {
    if (part.type === 'tool-call') turn.calls.push({ call: part, at: turn.parts.length })
    turn.parts.push(...wire)
  }
  addRest(turn, message)
}

function addUser(turns: Turn[], message: UserMessage | ToolMessage, encoding: Encoding): void {
  const parts =
    message.role === 'user' ? userParts(message, encoding.state) : orphans(message, encoding)
  if (parts.length === 0 && !answersLast(turns, message, encoding)) return
  const turn = turnOf(turns, 'user')
  turn.parts.push(...parts)
  addRest(turn, message)
}

/** Whether results answer the turn that has just ended: theirs then begins, even where nothing else is in it. */
function answersLast(
  turns: readonly Turn[],
  message: UserMessage | ToolMessage,
  { matches }: Encoding,
): boolean {
  const calls = turns.at(-1)?.calls ?? []
  if (message.role !== 'tool' || calls.length === 0) return false
  return message.content.some((result) => {
    const answered = matches.callOf(result)
    return calls.some(({ call }) => call === answered)
  })
}

/** Members of a content that only this protocol knows. */
function addRest(turn: Turn, { extensions }: Message): void {
  turn.rest = { ...turn.rest, ...extensions?.[geminiName] }
}

function userParts({ content }: UserMessage, state: EncodeState): readonly JsonObject[] {
  return content.flatMap((part) => encodePart(part, state))
}

function orphans({ content }: ToolMessage, { state, matches }: Encoding): readonly JsonObject[] {
  return content
    .filter((result) => matches.callOf(result) === undefined)
    .flatMap((result) => encodeOrphan(result, state))
}

/** Reasoning goes back only where it is signed by a provider of this protocol: anything else would be read as words of the answer. */
function encodeAssistantPart(part: AssistantPart, state: EncodeState): JsonObject[] {
  switch (part.type) {
    case 'reasoning': {
      const wire = signed({ text: part.text, thought: true }, part.state)
      return wire['thoughtSignature'] === undefined
        ? []
        : [withLeftover(wire, part.extensions, geminiName)]
    }
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'tool-call':
      return [encodeCall(part, state)]
    default:
      return encodePart(part, state)
  }
}

function encodeCall(call: ToolCallPart, { names }: EncodeState): JsonObject {
  const functionCall = {
    id: call.callId,
    name: names.sent(call.name),
    args: argumentsOf(call),
  }
  return withLeftover(signed({ functionCall }, call.state), call.extensions, geminiName)
}

/** Arguments must be an object. What the model wrote instead is kept under `_raw`, so that it can see what it did. */
function argumentsOf({ kind, arguments: text }: ToolCallPart): JsonObject {
  if (kind === 'custom') return { input: text }
  if (text.trim() === '') return {}
  const value: JsonValue | undefined = parseJson(text)
  return isJsonObject(value) ? value : { _raw: text }
}

/** Puts the response to each call in front of the user's turn behind it; media that responses cannot hold come right behind. */
function answerCalls(turns: Turn[], { state, matches }: Encoding): void {
  for (let index = 0; index < turns.length; index += 1) {
    const { calls = [] } = turns[index] ?? {}
    if (calls.length === 0) continue
    if (turns[index + 1] === undefined) turns.push(newTurn('user'))
    const next = turns[index + 1]
    const results = calls.map(({ call }) => encodeResult(call, matches.resultOf(call), state))
    next?.responses.push(
      ...results.map(({ response }) => response),
      ...results.flatMap(({ behind }) => behind),
    )
  }
}

/**
 * Where the model demands it, the first call of each step of the current turn must be signed (protocol reference 4.4). The current
 * turn begins behind the last user's turn that answers nothing.
 */
function placePlaceholders(turns: readonly Turn[], { facts, variant }: EncodeState): void {
  if (!facts.requiresSignatures) return
  const start = turns.findLastIndex(
    ({ role, responses }) => role === 'user' && responses.length === 0,
  )
  for (const { parts, calls } of turns.slice(start + 1)) {
    const [first] = calls
    const wire = first === undefined ? undefined : parts[first.at]
    if (first === undefined || wire === undefined || wire['thoughtSignature'] !== undefined)
      continue
    parts[first.at] = { ...wire, thoughtSignature: variant.signaturePlaceholder }
  }
}

function contentOf({ role, parts, responses, rest }: Turn): JsonObject {
  return { ...rest, role, parts: [...responses, ...parts] }
}
