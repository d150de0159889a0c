import type {
  AssistantPart,
  ChatResponse,
  EncodeContext,
  Extensions,
  JsonObject,
  JsonValue,
  MediaPart,
  TextPart,
  ToolCallPart,
} from '@jackfield/core'
import { isJsonObject } from '@jackfield/core'
import { dataUrl, madeId, mergeObjects } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { encodeCitation } from './citations.ts'
import { extraContent } from './encode-messages.ts'
import { encodeFinish } from './finish-reason.ts'
import { detailsOfState } from './reasoning-details.ts'
import { encodeUsage } from './usage.ts'

/** A whole answer for a client. Reasoning goes where most clients look for it, in `reasoning_content`. */
export function encodeResponse(response: ChatResponse, context: EncodeContext): Uint8Array {
  const { choices, ...leftover } = response.extensions?.[chatName] ?? {}
  const choiceLeft = Array.isArray(choices) ? choices[0] : undefined
  const choice = {
    index: 0,
    message: encodeMessage(response.content),
    logprobs: null,
    finish_reason: encodeFinish(response.finish),
  }
  const answer = {
    id: response.id ?? madeId('chatcmpl-', context.id),
    object: 'chat.completion',
    created: response.created ?? context.created,
    model: response.model ?? context.model,
    choices: [isJsonObject(choiceLeft) ? withChoiceLeftover(choice, choiceLeft) : choice],
    ...(response.usage === undefined ? {} : { usage: encodeUsage(response.usage) }),
  }
  return Buffer.from(JSON.stringify(mergeObjects(leftover, answer)))
}

function withChoiceLeftover(choice: JsonObject, leftover: JsonObject): JsonObject {
  const merged = mergeObjects(leftover, choice)
  const { logprobs } = leftover
  return logprobs === undefined ? merged : { ...merged, logprobs }
}

function encodeMessage(content: readonly AssistantPart[]): JsonObject {
  const texts = content.filter((part) => part.type === 'text')
  const calls = content.filter((part) => part.type === 'tool-call')
  const refusal = joined(content, 'refusal')
  const isEmpty = texts.length === 0 && (calls.length > 0 || refusal !== '')
  return {
    role: 'assistant',
    content: isEmpty ? null : joined(content, 'text'),
    refusal: refusal === '' ? null : refusal,
    ...encodeReasoning(content),
    ...encodeAnnotations(texts),
    ...encodeGenerated(content),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(encodeCall) }),
  }
}

function joined(content: readonly AssistantPart[], type: 'text' | 'refusal' | 'reasoning'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('')
}

/** Unlike in a request, the arguments stay as the model wrote them, be they empty. */
function encodeCall(call: ToolCallPart): JsonObject {
  const { callId: id, name } = call
  const body =
    call.kind === 'custom'
      ? { type: 'custom', custom: { name, input: call.arguments } }
      : { type: 'function', function: { name, arguments: call.arguments } }
  return mergeObjects(ownMembers(call.extensions), { id, ...body, ...extraContent(call) })
}

function ownMembers(extensions: Extensions | undefined): JsonObject {
  return extensions?.[chatName] ?? {}
}

function encodeReasoning(content: readonly AssistantPart[]): JsonObject {
  const text = joined(content, 'reasoning')
  const details = content.flatMap((part) =>
    part.type === 'reasoning' ? detailsOfState(part.state, part.text) : [],
  )
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  }
}

function encodeAnnotations(texts: readonly TextPart[]): JsonObject {
  const annotations: JsonValue[] = []
  let start = 0
  for (const { text, citations } of texts) {
    for (const citation of citations ?? []) {
      const annotation = encodeCitation(citation, { start, length: text.length })
      if (annotation !== undefined) annotations.push(annotation)
    }
    start += text.length
  }
  return annotations.length === 0 ? {} : { annotations }
}

/** Images and speech that the model made; other media have no place in this protocol. */
function encodeGenerated(content: readonly AssistantPart[]): JsonObject {
  const images = content.flatMap((part) => (part.type === 'image' ? encodeImage(part) : []))
  const [audio] = content.flatMap((part) => (part.type === 'audio' ? [encodeAudio(part)] : []))
  return {
    ...(images.length === 0 ? {} : { images }),
    ...audio,
  }
}

export function encodeImage({ source }: MediaPart): JsonObject[] {
  const url =
    source.kind === 'url'
      ? source.url
      : source.kind === 'base64'
        ? dataUrl(source.mediaType, source.data)
        : undefined
  return url === undefined ? [] : [{ type: 'image_url', image_url: { url } }]
}

export function encodeAudio({ source, transcript, extensions }: MediaPart): JsonObject {
  if (source.kind !== 'base64') return {}
  const audio = { data: source.data, transcript: transcript ?? '' }
  return { audio: mergeObjects(ownMembers(extensions), audio) }
}
