import {
  type CallHead,
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
  type ReasoningEffort,
  type ReasoningRequest,
  reasoningEfforts,
  verbosities,
} from '@jackfield/core'
import {
  asExtensions,
  leftoverOf,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  type Path,
  parseRequest,
} from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { decodeConversation } from './decode-input.ts'
import { decodeTools } from './decode-tools.ts'
import { filled } from './item-kinds.ts'

/** Members that are read whole, whatever their value: nothing of them is left over. */
const alwaysRead = [
  ...['model', 'input', 'instructions', 'stream', 'tools', 'tool_choice', 'parallel_tool_calls'],
  ...['temperature', 'top_p', 'top_logprobs', 'max_output_tokens', 'prompt_cache_key'],
  ...['service_tier', 'store', 'user', 'previous_response_id', 'text', 'reasoning'],
]

const formatMembers = new Set(['type', 'name', 'description', 'schema', 'strict'])

/** A Responses request, in the spellings that clients really send. */
export function decodeResponsesRequest(body: Uint8Array, head: CallHead): ChatRequest {
  const wire = parseRequest(body)
  const known = new Set(alwaysRead)
  const request: ChatRequest = {
    model: head.model ?? optionalString(wire, 'model') ?? '',
    messages: decodeConversation(wire),
    stream: head.stream,
    includeUsage: true,
    ...decodeTools(wire),
    ...decodePlain(wire),
    ...decodeLogprobs(wire),
    ...decodeMetadata(wire, known),
    ...decodeEndUser(wire, known),
    ...decodeContinues(wire),
  }
  const { fields, left } = decodeNested(wire)
  const leftover = { ...leftoverOf(wire, known), ...left }
  return { ...request, ...fields, ...asExtensions(leftover, responsesName) }
}

function decodePlain(wire: JsonObject): Partial<ChatRequest> {
  const temperature = optionalNumber(wire, 'temperature')
  const topP = optionalNumber(wire, 'top_p')
  const maxOutputTokens = optionalNumber(wire, 'max_output_tokens')
  const cacheKey = optionalString(wire, 'prompt_cache_key')
  const serviceTier = optionalString(wire, 'service_tier')
  const store = optionalBoolean(wire, 'store')
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(store === undefined ? {} : { store }),
  }
}

/** `include` stays as it is, because there is more in it. */
function decodeLogprobs(wire: JsonObject): Pick<ChatRequest, 'logprobs'> {
  const top = optionalNumber(wire, 'top_logprobs')
  const includes = optionalArray(wire, 'include')?.includes('message.output_text.logprobs') ?? false
  return includes || (top !== undefined && top > 0) ? { logprobs: top ?? 0 } : {}
}

/** `metadata`, where all its values are strings as OpenAI wants them. */
function decodeMetadata(wire: JsonObject, known: Set<string>): Pick<ChatRequest, 'metadata'> {
  const value = wire['metadata']
  if (!isStringMap(value)) return {}
  known.add('metadata')
  return { metadata: value }
}

function isStringMap(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((item) => typeof item === 'string')
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

/**
 * What this request continues. A conversation and a stored prompt are kept by the provider as well: whoever cannot look them up must
 * not answer without them.
 */
function decodeContinues(wire: JsonObject): Pick<ChatRequest, 'continues' | 'continuesIn'> {
  const { conversation, prompt } = wire
  const answer = filled(wire['previous_response_id'])
  if (answer !== undefined) return { continues: answer }
  const held = filled(isJsonObject(conversation) ? conversation['id'] : conversation)
  if (held !== undefined) return { continues: held, continuesIn: 'conversation' }
  const stored = isJsonObject(prompt) ? filled(prompt['id']) : undefined
  return stored === undefined ? {} : { continues: stored, continuesIn: 'prompt' }
}

interface Nested {
  readonly fields: Partial<ChatRequest>
  /** What the objects say besides, in their own shape. */
  readonly left: JsonObject
}

function decodeNested(wire: JsonObject): Nested {
  const text = decodeText(optionalObject(wire, 'text') ?? {})
  const reasoning = decodeReasoning(optionalObject(wire, 'reasoning') ?? {})
  return {
    fields: { ...text.fields, ...reasoning.fields },
    left: {
      ...(Object.keys(text.left).length === 0 ? {} : { text: text.left }),
      ...(Object.keys(reasoning.left).length === 0 ? {} : { reasoning: reasoning.left }),
    },
  }
}

function decodeText(text: JsonObject): Nested {
  const path = { key: 'text' }
  const format = optionalObject(text, 'format', path)
  const output =
    format === undefined ? undefined : decodeFormat(format, { parent: path, key: 'format' })
  const word = optionalString(text, 'verbosity', path)
  const verbosity = verbosities.find((one) => one === word)
  const known = new Set([
    ...(output === undefined ? [] : ['format']),
    ...(verbosity === undefined ? [] : ['verbosity']),
  ])
  return {
    fields: {
      ...(output === undefined ? {} : { output }),
      ...(verbosity === undefined ? {} : { verbosity }),
    },
    left: leftoverOf(text, known) ?? {},
  }
}

/** `undefined` for a form that is unknown here: it then travels on as it is. */
function decodeFormat(format: JsonObject, path: Path): OutputFormat | undefined {
  switch (format['type']) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return leftoverOf(format, formatMembers) === undefined
        ? decodeSchema(format, path)
        : decodeSchema(unwrapped(format), path)
    default:
      return undefined
  }
}

/** Flat here; clients that carry Chat's form over have it in `json_schema`. */
function unwrapped(format: JsonObject): JsonObject {
  const inner = format['json_schema']
  return isJsonObject(inner) ? inner : format
}

function decodeSchema(format: JsonObject, path: Path): OutputFormat {
  const name = optionalString(format, 'name', path)
  const description = optionalString(format, 'description', path)
  const strict = optionalBoolean(format, 'strict', path)
  return {
    type: 'json-schema',
    schema: optionalObject(format, 'schema', path) ?? {},
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
  }
}

function decodeReasoning(wire: JsonObject): Nested {
  const word = optionalString(wire, 'effort', { key: 'reasoning' })
  const effort = reasoningEfforts.find((one): one is ReasoningEffort => one === word)
  const summary = wire['summary'] ?? wire['generate_summary']
  const show = summary === undefined || summary === null ? undefined : showOf(summary)
  const reasoning: ReasoningRequest = {
    ...(effort === undefined ? {} : { effort }),
    ...(show === undefined ? {} : { show }),
  }
  const known = new Set([
    ...(effort === undefined ? [] : ['effort']),
    // The word itself stays: `concise` and `auto` are one wish in all other protocols.
    ...(show === true || show === 'detailed' ? ['summary', 'generate_summary'] : []),
  ])
  return {
    fields: Object.keys(reasoning).length === 0 ? {} : { reasoning },
    left: leftoverOf(wire, known) ?? {},
  }
}

function showOf(summary: JsonValue): ReasoningRequest['show'] {
  if (summary === 'detailed') return 'detailed'
  if (summary === 'auto') return true
  return summary === 'none' ? false : 'summary'
}
