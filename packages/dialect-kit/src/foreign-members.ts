import {
  type ChatRequest,
  type Extensions,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Message,
} from '@jackfield/core'
import { foreignInside } from './foreign-inside.ts'

/** Objects that are configuration only: what is lost of them is told by the names inside. */
const holders = new Set(['generationConfig', 'toolConfig', 'text', 'stream_options'])

/** Members that say in their own words what the canonical request says as well. */
const understood: Readonly<Record<string, readonly string[]>> = {
  reasoning: ['summary', 'generate_summary'],
}

/** What `include` asks for of what is translated anyway. */
const included: ReadonlySet<JsonValue> = new Set([
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
])

/** Members that stand for a part of the conversation, which another provider cannot look up. */
const conversation = new Set(['cachedContent'])

/**
 * Names of members that only the dialect of the client knows, which a request that is encoded for another one loses: its own, and
 * those of its tools, messages and parts. They are what the decoder had left over, so that what has a canonical name is not among
 * them. The set is the caller's.
 *
 * @throws GatewayError `unsupported_capability` where the request would lose a part of the conversation.
 */
export function foreignMembers(request: ChatRequest, own: string): Set<string> {
  const names = new Set(membersIn(request.extensions, own).flatMap(namesIn))
  for (const tool of request.tools ?? []) {
    if (tool.type !== 'provider' && tool.extensions !== undefined) addInside(tool, own, names)
  }
  for (const message of request.messages) addOfMessage(message, own, names)
  return names
}

function membersIn(extensions: Extensions | undefined, own: string): readonly JsonObject[] {
  return Object.entries(extensions ?? {})
    .filter(([dialect]) => dialect !== own)
    .map(([, members]) => members)
}

function addOfMessage(message: Message, own: string, names: Set<string>): void {
  if (message.extensions !== undefined) addInside(message, own, names)
  for (const part of message.content) {
    if (part.extensions !== undefined && isSent(part, message)) addInside(part, own, names)
    if (part.type !== 'tool-result') continue
    for (const inner of part.content) {
      if (inner.extensions !== undefined && isSent(inner, message)) addInside(inner, own, names)
    }
  }
}

/** Reasoning, and what only one dialect has, stay with their provider or are named as a whole; so are pictures that a model made. */
function isSent({ type }: { readonly type: string }, { role }: Message): boolean {
  if (type === 'reasoning' || type === 'provider') return false
  return role !== 'assistant' || type === 'text' || type === 'refusal' || type === 'tool-call'
}

function addInside(
  holder: { readonly extensions?: Extensions },
  own: string,
  names: Set<string>,
): void {
  for (const members of membersIn(holder.extensions, own)) {
    for (const name of foreignInside(members, holder)) names.add(name)
  }
}

function namesIn(members: JsonObject): readonly string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    if (conversation.has(name)) throw lostConversation(name)
    if (isUnderstood(name, value)) return []
    return holders.has(name) && isJsonObject(value) ? Object.keys(value) : [name]
  })
}

function isUnderstood(name: string, value: JsonValue): boolean {
  if (name === 'include') return Array.isArray(value) && value.every((item) => included.has(item))
  const known = Object.hasOwn(understood, name) ? understood[name] : undefined
  return (
    known !== undefined &&
    isJsonObject(value) &&
    Object.keys(value).every((inner) => known.includes(inner))
  )
}

function lostConversation(param: string): GatewayError {
  const message =
    'This provider cannot look up what another one keeps. Send the whole conversation.'
  return new GatewayError('unsupported_capability', message, { param })
}
