import {
  type AssistantPart,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ReasoningPart,
} from '@jackfield/core'
import { asExtensions } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { decodeAnnotations } from './citations.ts'
import { contentPart } from './decode-content.ts'
import { decodeCallItem, decodeOtherItem, decodeReasoningItem } from './decode-item.ts'
import { answerStates } from './reasoning-state.ts'

/** The parts of an answer's items, in their order. What is unknown is kept, not refused. */
export function decodeOutput(output: JsonValue | undefined, seed: string): AssistantPart[] {
  if (!Array.isArray(output)) return []
  return output
    .filter(isJsonObject)
    .flatMap((item, index) => decodeOutputItem(item, fallbackCallId(seed, index)))
}

/** Id of a call that came without one: the same answer always gives the same. */
export function fallbackCallId(seed: string, index: number): string {
  return `call_${seed.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(-40)}_${index}`
}

function decodeOutputItem(item: JsonObject, fallbackId: string): AssistantPart[] {
  switch (item['type']) {
    case 'message':
      return decodeMessage(item)
    case 'reasoning':
      return decodeAnswerReasoning(item)
    case 'function_call':
    case 'custom_tool_call': {
      const call = decodeCallItem(item, fallbackId)
      return call === undefined ? [] : [call]
    }
    default:
      return [decodeOtherItem(item, answerStates(item))]
  }
}

function decodeAnswerReasoning(item: JsonObject): ReasoningPart[] {
  const { encrypted_content: _, ...readable } = item
  const state = answerStates(item)
  const parts = decodeReasoningItem(readable)
  if (state.length === 0) return parts
  const last = parts.pop() ?? { type: 'reasoning', form: 'summary', text: '' }
  return [...parts, { ...last, state }]
}

function decodeMessage({ content, phase }: JsonObject): AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  return content.filter(isJsonObject).flatMap((part) => decodePart(part, phase))
}

function decodePart(part: JsonObject, phase: JsonValue | undefined): AssistantPart[] {
  const { type, text, refusal, logprobs } = part
  if (type === 'refusal') {
    return typeof refusal === 'string' && refusal !== '' ? [{ type, text: refusal }] : []
  }
  if (type !== 'output_text' || typeof text !== 'string') return [contentPart(part)]
  const citations = decodeAnnotations(part['annotations'])
  if (text === '') return []
  const own = {
    ...(Array.isArray(logprobs) && logprobs.length > 0 ? { logprobs } : {}),
    ...(typeof phase === 'string' ? { phase } : {}),
  }
  return [
    {
      type: 'text',
      text,
      ...(citations.length === 0 ? {} : { citations }),
      ...asExtensions(own, responsesName),
    },
  ]
}
