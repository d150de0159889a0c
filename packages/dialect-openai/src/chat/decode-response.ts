import {
  type AssistantPart,
  type ChatResponse,
  type Extensions,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
} from '@jackfield/core'
import {
  asExtensions,
  decodeText,
  leftoverOf,
  madeUpCallId,
  parseJson,
} from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'
import { readContentList, readImages } from './answer-content.ts'
import { decodeCitations } from './citations.ts'
import { legacyCall, readToolCall } from './decode-tool-calls.ts'
import { decodeFinish } from './finish-reason.ts'
import { decodeReasoning, reasoningFields } from './reasoning-fields.ts'
import { splitThinkTags } from './think-tags.ts'
import { decodeUsage } from './usage.ts'

const bodyMembers = new Set(['id', 'object', 'created', 'model', 'choices', 'usage'])
const choiceMembers = new Set(['index', 'message', 'delta', 'text', 'finish_reason'])
const messageMembers = new Set([
  ...['role', 'content', 'refusal', 'tool_calls', 'function_call', 'audio', 'images'],
  ...['annotations', ...reasoningFields],
])

/**
 * A whole answer. Accepted besides OpenAI's own form: `delta` for `message`, `text` of the legacy protocol, the `{data}`
 * wrapping of Cline, calls without `type`, contents that are lists.
 *
 * @throws GatewayError what the body says, if it is an error in a 200; `upstream_invalid_response` if it is no answer.
 */
export function decodeResponse(body: Uint8Array, variant: Variant): ChatResponse {
  const answer = unwrap(parseAnswer(body))
  const failure = answerError(answer, variant.errorCodes)
  if (failure !== undefined) throw failure
  const choice = firstChoice(answer)
  const message = messageOf(choice)
  const { id, model, created } = answer
  const content = decodeMessage(message, variant, madeUpCallId(id, created))
  const calls = content.some((part) => part.type === 'tool-call')
  const usage = decodeUsage(answer['usage'] ?? choice['usage'])
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    ...(typeof created === 'number' && created > 0 ? { created } : {}),
    content,
    finish: decodeFinish(choice['finish_reason'], calls),
    ...(usage === undefined ? {} : { usage }),
    ...leftoverOfAnswer(answer, choice, message),
  }
}

function parseAnswer(body: Uint8Array): JsonObject {
  const value = parseJson(decodeText(body))
  if (isJsonObject(value)) return value
  throw unreadable(
    `The provider’s answer is not ${value === undefined ? 'valid JSON' : 'a JSON object'}.`,
  )
}

function unreadable(message: string): GatewayError {
  return new GatewayError('upstream_invalid_response', message)
}

/** Cline's production API wraps the completion; its documentation does not. */
function unwrap(answer: JsonObject): JsonObject {
  const { data } = answer
  return answer['choices'] === undefined && isJsonObject(data) && data['choices'] !== undefined
    ? data
    : answer
}

function firstChoice(answer: JsonObject): JsonObject {
  const { choices } = answer
  const list = Array.isArray(choices) ? choices.filter(isJsonObject) : []
  const first = list.find((choice) => choice['index'] === 0) ?? list[0]
  if (first !== undefined) return first
  throw unreadable('The provider’s answer has no `choices`.')
}

function messageOf(choice: JsonObject): JsonObject {
  const message = choice['message'] ?? choice['delta']
  if (isJsonObject(message)) return message
  const { text } = choice
  return typeof text === 'string' ? { content: text } : {}
}

function decodeMessage(
  message: JsonObject,
  variant: Variant,
  callId: (index: number) => string,
): AssistantPart[] {
  const reasoning = decodeReasoning(message, variant.read)
  const content = decodeContent(message['content'], variant.thinkTags && reasoning.length === 0)
  const { refusal, tool_calls: list } = message
  const items = Array.isArray(list) ? list.filter(isJsonObject) : []
  const calls = items.flatMap((item, index) => readToolCall(item, callId(index)) ?? [])
  return [
    ...reasoning,
    ...withCitations(content, message['annotations']),
    ...readImages(message['images']),
    ...readAudio(message['audio']),
    ...(typeof refusal === 'string' && refusal !== ''
      ? [{ type: 'refusal', text: refusal } as const]
      : []),
    ...calls,
    ...legacyCall(message, callId(items.length)),
  ]
}

function decodeContent(content: JsonValue | undefined, split: boolean): AssistantPart[] {
  if (Array.isArray(content)) return readContentList(content)
  if (typeof content !== 'string' || content === '') return []
  if (!split) return [{ type: 'text', text: content }]
  return splitThinkTags(content).map(({ reasoning, text }) =>
    reasoning ? { type: 'reasoning', form: 'raw', text } : { type: 'text', text },
  )
}

/** Annotations belong to the text of the message. */
function withCitations(
  parts: readonly AssistantPart[],
  annotations: JsonValue | undefined,
): readonly AssistantPart[] {
  const citations = decodeCitations(annotations)
  const last = parts.findLast((part) => part.type === 'text')
  if (citations.length === 0 || last === undefined) return parts
  return parts.map((part) => (part === last ? { ...last, citations } : part))
}

/** Generated speech; Snowflake sends an empty one with every answer. The wire does not say in which format it is. */
function readAudio(value: JsonValue | undefined): MediaPart[] {
  if (!isJsonObject(value)) return []
  const { data, transcript, ...rest } = value
  if (typeof data !== 'string' || data === '') return []
  return [
    {
      type: 'audio',
      source: { kind: 'base64', mediaType: 'audio/wav', data },
      ...(typeof transcript === 'string' ? { transcript } : {}),
      ...asExtensions(rest, chatName),
    },
  ]
}

/** What is left of the wire objects, in their own shape. */
function leftoverOfAnswer(
  answer: JsonObject,
  choice: JsonObject,
  message: JsonObject,
): { readonly extensions?: Extensions } {
  const inner = leftoverOf(message, messageMembers)
  const outer = leftoverOf(choice, choiceMembers)
  const left = inner === undefined ? outer : { ...outer, message: inner }
  const top = leftoverOf(answer, bodyMembers)
  return asExtensions(left === undefined ? top : { ...top, choices: [left] }, chatName)
}
