import {
  type ChatRequest,
  type EncodedRequest,
  GatewayError,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import { withLeftover } from '@jackfield/dialect-kit'
import { completionsName } from '../names.ts'

/** Canonical members whose value is the same on the wire. */
const plainMembers: readonly (readonly [field: keyof ChatRequest, member: string])[] = [
  ['maxOutputTokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['stop', 'stop'],
  ['logprobs', 'logprobs'],
  ['endUser', 'user'],
]

/** Members that a text completion has no place for, and their names in the wire protocol of chats. */
const inexpressible: readonly (readonly [field: keyof ChatRequest, member: string])[] = [
  ['tools', 'tools'],
  ['toolChoice', 'tool_choice'],
  ['output', 'response_format'],
  ['reasoning', 'reasoning_effort'],
  ['verbosity', 'verbosity'],
  ['topK', 'top_k'],
  ['modalities', 'modalities'],
]

/**
 * A conversation of one user message as a prompt.
 *
 * @throws GatewayError `unsupported_capability` for any other conversation: how its turns would be put into one text is known only
 * to the model's own template.
 */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const stream = request.stream ? { stream_options: { include_usage: true } } : {}
  const wire = {
    model: request.model,
    prompt: promptOf(request),
    stream: request.stream,
    ...stream,
    ...encodePlain(request),
  }
  const dropped = inexpressible.filter(([field]) => request[field] !== undefined)
  return {
    body: withLeftover(wire, request.extensions, completionsName),
    dropped: dropped.map(([, member]) => member),
  }
}

function promptOf({ messages, candidates, continues }: ChatRequest): string {
  const [message] = messages
  const isPrompt =
    messages.length === 1 &&
    message?.role === 'user' &&
    message.content.every((part) => part.type === 'text')
  if (!isPrompt || (candidates ?? 1) > 1 || continues !== undefined) {
    throw new GatewayError(
      'unsupported_capability',
      'This provider only completes one text. Send one user message that holds only text.',
    )
  }
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
}

function encodePlain(request: ChatRequest): JsonObject {
  const wire: Record<string, JsonValue> = {}
  for (const [field, member] of plainMembers) {
    const value = request[field]
    if (value !== undefined) wire[member] = value as JsonValue
  }
  return wire
}
