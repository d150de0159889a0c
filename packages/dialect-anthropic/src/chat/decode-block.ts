import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type ProviderPart,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
} from '@jackfield/core'
import { anthropicName } from '../names.ts'
import { decodeCitations } from './citations.ts'
import { decodeDocument, decodeImage, marksOf } from './decode-media.ts'
import { asState, type BlockSource, statesIn } from './reasoning-state.ts'

const textMembers = new Set(['type', 'text', 'citations', 'cache_control'])
const callMembers = new Set(['type', 'id', 'name', 'input', 'cache_control'])

/** What a block of an assistant's message can be. */
export type AssistantBlock = TextPart | ReasoningPart | ToolCallPart | MediaPart | ProviderPart

/**
 * A block of an answer or of an assistant's turn. `undefined` for one that says nothing: an empty text, or reasoning without words and
 * without state. What this dialect alone has, or what is unknown, is kept whole.
 */
export function decodeAssistantBlock(
  block: JsonObject,
  source: BlockSource,
): AssistantBlock | undefined {
  switch (block['type']) {
    case 'thinking':
      return decodeThinking(block, source)
    case 'redacted_thinking': {
      const state = statesIn('redacted-thinking', block['data'], source)
      return state.length === 0
        ? undefined
        : { type: 'reasoning', form: 'summary', text: '', state }
    }
    case 'tool_use':
      return decodeCall(block) ?? providerPart(block)
    default:
      return decodeUserBlock(block)
  }
}

/** A block of a user's message, of a system prompt or of a tool's result. `undefined` for an empty text. */
export function decodeUserBlock(
  block: JsonObject,
): TextPart | MediaPart | ProviderPart | undefined {
  switch (block['type']) {
    case 'text':
      return decodeText(block)
    case 'image':
      return decodeImage(block) ?? providerPart(block)
    case 'document':
      return decodeDocument(block) ?? providerPart(block)
    default:
      return providerPart(block)
  }
}

export function decodeText(block: JsonObject): TextPart | undefined {
  const { text } = block
  const citations = decodeCitations(block['citations'])
  if ((typeof text !== 'string' || text === '') && citations.length === 0) return undefined
  return {
    type: 'text',
    text: typeof text === 'string' ? text : '',
    ...(citations.length === 0 ? {} : { citations }),
    ...marksOf(block, textMembers),
  }
}

function decodeThinking(block: JsonObject, source: BlockSource): ReasoningPart | undefined {
  const { thinking } = block
  const text = typeof thinking === 'string' ? thinking : ''
  const state = statesIn('signature', block['signature'], source)
  if (text === '' && state.length === 0) return undefined
  return { type: 'reasoning', form: 'summary', text, ...asState(state) }
}

function decodeCall(block: JsonObject): ToolCallPart | undefined {
  const { id, name } = block
  if (typeof id !== 'string' || typeof name !== 'string') return undefined
  return {
    type: 'tool-call',
    callId: id,
    name,
    kind: 'function',
    arguments: argumentText(block['input']),
    ...marksOf(block, callMembers),
  }
}

/** Arguments are an object on the wire; a model that has none to give gives an empty one. */
export function argumentText(input: JsonValue | undefined): string {
  return input === undefined || input === null ? '{}' : JSON.stringify(input)
}

/** Members of a `tool_use` block without a canonical name, of which `caller` must come back. */
export function callExtensions(block: JsonObject): Pick<ToolCallPart, 'extensions'> {
  const { extensions } = marksOf(block, callMembers)
  return extensions === undefined ? {} : { extensions }
}

export function providerPart(value: JsonObject): ProviderPart {
  return { type: 'provider', dialect: anthropicName, value }
}

/** The blocks of a content list. */
export function blocksIn(content: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : []
}
