import {
  type Extensions,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'

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
 * Names of members that only the dialect of the client knows, which a request that is encoded for another one loses. They are what
 * the decoder had left over, so that what has a canonical name is not among them.
 *
 * @throws GatewayError `unsupported_capability` where the request would lose a part of the conversation.
 */
export function foreignMembers(extensions: Extensions | undefined, own: string): readonly string[] {
  return Object.entries(extensions ?? {})
    .filter(([dialect]) => dialect !== own)
    .flatMap(([, members]) => namesIn(members))
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
