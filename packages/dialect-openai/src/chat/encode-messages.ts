import {
  type AssistantMessage,
  type AssistantPart,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Message,
  type ProviderPart,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
  type ToolMessage,
} from '@jackfield/core'
import { withLeftover } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { type EncodeState, encodeContent, markLast } from './encode-part.ts'
import {
  encodeOrphan,
  encodeResult,
  encodeResultMedia,
  isMedia,
  missingResult,
} from './encode-results.ts'
import { detailsOfState, isOurs } from './reasoning-details.ts'
import { type Saying, settleCalls } from './settle-calls.ts'

/**
 * The conversation, in which every call has a result right behind it and every result a call. Media in results follow in a user
 * message, because tool messages hold text only.
 */
export function encodeMessages(messages: readonly Message[], state: EncodeState): JsonObject[] {
  const wire: JsonObject[] = []
  let media: JsonValue[] = []
  const flush = () => {
    if (media.length > 0) wire.push({ role: 'user', content: media })
    media = []
  }
  for (const saying of settleCalls(messages)) {
    if (saying.type === 'result') {
      wire.push(encodeResult(saying.result, saying.of, state))
      media.push(...encodeResultMedia(saying.result, state))
    } else if (saying.type === 'unanswered') {
      wire.push(missingResult(saying.call))
    } else {
      flush()
      wire.push(...encodeSaying(saying, state))
    }
  }
  flush()
  // A conversation of nothing is refused; one in which nothing is said is not.
  return wire.length === 0 ? [{ role: 'user', content: '' }] : wire
}

function encodeSaying(
  saying: Extract<Saying, { readonly type: 'message' | 'orphan' }>,
  state: EncodeState,
): JsonObject[] {
  const encoded =
    saying.type === 'orphan'
      ? encodeOrphan(saying.result, state)
      : encodeMessage(saying.message, state)
  return isEmptied(encoded) ? [] : [encoded]
}

/** Whether nothing could be said of a message: an item of another protocol, say. Providers refuse an empty list. */
function isEmptied({ content }: JsonObject): boolean {
  return Array.isArray(content) && content.length === 0
}

function encodeMessage(message: Exclude<Message, ToolMessage>, state: EncodeState): JsonObject {
  const wire =
    message.role === 'assistant'
      ? encodeAssistant(message, state)
      : {
          role: roleOf(message.role, state),
          content: encodeContent(markLast(message.content, message.cache), state),
        }
  const named = message.name === undefined ? wire : { ...wire, name: message.name }
  return withLeftover(named, message.extensions, chatName)
}

function roleOf(role: 'system' | 'developer' | 'user', { variant }: EncodeState): string {
  return role === 'developer' && variant.developerRole === 'system' ? 'system' : role
}

function encodeAssistant({ content, cache }: AssistantMessage, state: EncodeState): JsonObject {
  const calls = content.filter((part) => part.type === 'tool-call')
  const refusals = content.filter((part) => part.type === 'refusal')
  const refusal = refusals.map(({ text }) => text).join('')
  const spoken = content.filter((part) => part.type === 'text' || part.type === 'provider')
  const isMarked = [...calls, ...refusals].some((part) => part.cache !== undefined)
  if (isMarked || (cache !== undefined && spoken.length === 0)) state.dropped.add('cache')
  for (const part of content) if (isMedia(part)) state.dropped.add(part.type)
  return {
    role: 'assistant',
    ...encodeSpoken(markLast(spoken, cache), calls.length > 0 || refusal !== '', state),
    ...encodeReasoning(content, state),
    ...(refusal === '' ? {} : { refusal }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => encodeCall(call, state)) }),
  }
}

function encodeSpoken(
  parts: readonly (TextPart | ProviderPart)[],
  mayBeEmpty: boolean,
  state: EncodeState,
): JsonObject {
  const wire = encodeContent(parts, state)
  if (wire.length !== 0 || !mayBeEmpty) return { content: wire }
  const { nullContent } = state.variant
  if (nullContent === 'omit') return {}
  return { content: nullContent === 'null' ? null : '' }
}

function encodeReasoning(content: readonly AssistantPart[], { variant }: EncodeState): JsonObject {
  const parts = content.filter((part): part is ReasoningPart => part.type === 'reasoning')
  switch (variant.returnReasoning) {
    case 'none':
      return {}
    case 'reasoning_content': {
      const text = parts.map((part) => part.text).join('')
      return text === '' ? {} : { reasoning_content: text }
    }
    case 'reasoning_details': {
      const details = parts.flatMap((part) => detailsOfState(part.state, part.text))
      return details.length === 0 ? {} : { reasoning_details: details }
    }
    default:
      return variant.returnReasoning satisfies never
  }
}

/** A call in a message. */
function encodeCall(call: ToolCallPart, { names, variant }: EncodeState): JsonObject {
  const name = names.sent(call.name)
  const body =
    call.kind === 'custom' && variant.customTools === 'native'
      ? { type: 'custom', custom: { name, input: call.arguments } }
      : { type: 'function', function: { name, arguments: jsonArguments(call) } }
  return withLeftover(
    { id: call.callId, ...body, ...extraContent(call) },
    call.extensions,
    chatName,
  )
}

/** Providers parse the arguments, so no arguments are an empty object. */
function jsonArguments({ kind, arguments: text }: ToolCallPart): string {
  if (kind === 'custom') return JSON.stringify({ input: text })
  return text === '' ? '{}' : text
}

/** Google's thought signature, where it came in this dialect's own form. */
export function extraContent({ state }: Pick<ToolCallPart, 'state'>): JsonObject {
  const own = state?.find((item) => item.kind === 'thought-signature' && isOurs(item))
  return isJsonObject(own?.data) ? { extra_content: own.data } : {}
}
