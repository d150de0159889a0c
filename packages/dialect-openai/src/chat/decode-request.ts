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
  optionalString,
  parseRequest,
  refuse,
  refuseType,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { decodeMessages } from './decode-messages.ts'
import {
  decodeMetadata,
  decodeModalities,
  decodeOutput,
  decodeParameters,
  decodeVerbosity,
} from './decode-parameters.ts'
import { decodeReasoningRequest, reasoningMembers } from './decode-reasoning-request.ts'
import { decodeTools } from './decode-tools.ts'

/** Members that are read whole, whatever their value: nothing of them is left over. */
const alwaysRead = [
  ...['model', 'messages', 'stream', 'tools', 'functions', 'tool_choice', 'function_call'],
  ...['parallel_tool_calls', 'temperature', 'top_p', 'top_k', 'seed', 'stop', 'n'],
  ...['presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs', 'store'],
  ...['max_completion_tokens', 'max_tokens', 'prompt_cache_key', 'service_tier', 'user'],
]

/** A chat completions request, in the spellings that clients really send. */
export function decodeRequest(body: Uint8Array, head: CallHead): ChatRequest {
  const wire = parseRequest(body)
  const known = new Set(alwaysRead)
  const request: ChatRequest = {
    model: head.model ?? optionalString(wire, 'model') ?? '',
    messages: decodeMessages(requireMessages(wire)),
    stream: head.stream,
    includeUsage: head.includeUsage,
    ...decodeTools(wire),
    ...decodeParameters(wire),
    ...decodeKept(wire, known),
    ...decodeEndUser(wire, known),
  }
  const streamOptions = otherStreamOptions(wire)
  known.add('stream_options')
  const leftover = { ...leftoverOf(wire, known), ...streamOptions }
  return { ...request, ...asExtensions(leftover, chatName) }
}

function requireMessages(wire: JsonObject): readonly JsonValue[] {
  const { messages } = wire
  if (!Array.isArray(messages)) return refuseType({ key: 'messages' }, 'an array', messages)
  return messages.length > 0 ? messages : refuse({ key: 'messages' }, 'must not be empty')
}

/** Members that count as read only if their value has a canonical form; otherwise they travel on as they are. */
function decodeKept(wire: JsonObject, known: Set<string>): Partial<ChatRequest> {
  const read = <Name extends keyof ChatRequest>(
    member: string,
    name: Name,
    value: ChatRequest[Name] | undefined,
  ): Partial<ChatRequest> => {
    if (value === undefined) return {}
    known.add(member)
    return { [name]: value }
  }
  const { asked, kept } = decodeReasoningRequest(wire)
  for (const member of reasoningMembers) if (!kept.includes(member)) known.add(member)
  return {
    ...(Object.keys(asked).length === 0 ? {} : { reasoning: asked }),
    ...read('response_format', 'output', decodeOutput(wire)),
    ...read('verbosity', 'verbosity', decodeVerbosity(wire['verbosity'])),
    ...read('modalities', 'modalities', decodeModalities(wire['modalities'])),
    ...read('metadata', 'metadata', decodeMetadata(wire['metadata'])),
  }
}

/** `user`, or its successor `safety_identifier` where only that is sent. */
function decodeEndUser(wire: JsonObject, known: Set<string>): Pick<ChatRequest, 'endUser'> {
  const user = optionalString(wire, 'user')
  if (user !== undefined) return { endUser: user }
  const identifier = optionalString(wire, 'safety_identifier')
  if (identifier === undefined) return {}
  known.add('safety_identifier')
  return { endUser: identifier }
}

/** What `stream_options` says besides `include_usage`. */
function otherStreamOptions(wire: JsonObject): JsonObject {
  const options = wire['stream_options']
  if (!isJsonObject(options)) return {}
  const { include_usage: _, ...rest } = options
  return Object.keys(rest).length === 0 ? {} : { stream_options: rest }
}
