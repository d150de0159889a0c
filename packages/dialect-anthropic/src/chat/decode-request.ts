import {
  type CallHead,
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import {
  asExtensions,
  leftoverOf,
  mergeObjects,
  optionalString,
  parseRequest,
  refuse,
  refuseType,
} from '@jackfield/dialect-kit'
import { anthropicName } from '../names.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import { decodeParameters } from './decode-parameters.ts'
import { decodeThinking } from './decode-thinking.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import type { Reading } from './reading.ts'

/** Members of which nothing is left over. */
const readMembers = new Set([
  ...['model', 'messages', 'system', 'stream', 'max_tokens', 'temperature', 'top_p', 'top_k'],
  ...['stop_sequences', 'tools', 'service_tier'],
  // Objects that are read in part: what is left of them is put back.
  ...['tool_choice', 'metadata', 'thinking', 'output_config', 'output_format'],
])

/** A Messages request, and a request to count its tokens. */
export function decodeRequest(body: Uint8Array, head: CallHead): ChatRequest {
  const wire = parseRequest(body)
  const choice = decodeToolChoice(wire)
  const thinking = decodeThinking(wire)
  const metadata = decodeMetadata(wire)
  const rest = [choice.rest, thinking.rest, metadata.rest].reduce(
    (merged, part) => mergeObjects(merged, part),
    leftoverOf(wire, readMembers) ?? {},
  )
  return {
    model: head.model ?? optionalString(wire, 'model') ?? '',
    messages: [...decodeSystem(wire['system']), ...decodeMessages(requireMessages(wire))],
    stream: head.stream,
    includeUsage: head.includeUsage,
    ...decodeTools(wire),
    ...choice.asked,
    ...decodeParameters(wire),
    ...thinking.asked,
    ...metadata.asked,
    ...asExtensions(rest, anthropicName),
  }
}

function requireMessages(wire: JsonObject): readonly JsonValue[] {
  const { messages } = wire
  if (!Array.isArray(messages)) return refuseType({ key: 'messages' }, 'an array', messages)
  return messages.length > 0 ? messages : refuse({ key: 'messages' }, 'must not be empty')
}

function decodeMetadata(wire: JsonObject): Reading {
  const { metadata } = wire
  if (!isJsonObject(metadata)) return { asked: {}, rest: {} }
  const { user_id: user, ...others } = metadata
  const isText = typeof user === 'string'
  const left = isText || user === null || user === undefined ? others : metadata
  return {
    asked: isText ? { endUser: user } : {},
    rest: Object.keys(left).length === 0 ? {} : { metadata: left },
  }
}
