import {
  type CacheMark,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type ProviderPart,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'
import { withLeftover } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import { encodeMark } from './cache-mark.ts'
import { ownCitation } from './citations.ts'
import { encodeMedia } from './encode-media.ts'
import type { EncodeState } from './encode-state.ts'
import { ownState } from './reasoning-state.ts'

/** A text for a provider; none for one without a word, which providers refuse. */
export function encodeText(part: TextPart): JsonObject[] {
  if (part.text.trim() === '') return []
  const citations = (part.citations ?? []).map(ownCitation).filter((own) => own !== undefined)
  const wire = {
    type: 'text',
    text: part.text,
    ...(citations.length === 0 ? {} : { citations }),
  }
  return [finishBlock(wire, part)]
}

/** What a user's message, or a tool's result, may hold. */
export function encodeUserPart(
  part: TextPart | MediaPart | ProviderPart,
  state: EncodeState,
): JsonObject[] {
  if (part.type === 'text') return encodeText(part)
  if (part.type === 'provider') return encodeProviderPart(part, state)
  if (part.detail !== undefined && part.detail !== 'auto') state.dropped.add('detail')
  const wire = encodeMedia(part)
  if (part.name !== undefined && wire['title'] === undefined) state.dropped.add('filename')
  return [finishBlock(wire, part)]
}

/** A part that only one dialect has: back to it as it was, to nobody else. */
export function encodeProviderPart(
  { dialect, value }: ProviderPart,
  { dropped }: EncodeState,
): JsonObject[] {
  if (dialect === anthropicName && isJsonObject(value)) return [value]
  const type = isJsonObject(value) ? value['type'] : undefined
  dropped.add(typeof type === 'string' ? type : 'provider part')
  return []
}

/** The blocks of a reasoning part whose state this provider made. Without its signature reasoning is refused, so it is left out. */
export function encodeReasoning({ text, state }: ReasoningPart): JsonObject[] {
  const { signature, redacted } = ownState(state)
  return [
    ...(signature === undefined ? [] : [{ type: 'thinking', thinking: text, signature }]),
    ...redacted.map((data) => ({ type: 'redacted_thinking', data })),
  ]
}

export function encodeCall(call: ToolCallPart, id: string, state: EncodeState): JsonObject {
  const wire = { type: 'tool_use', id, name: state.toolName(call.name), input: inputOf(call) }
  return finishBlock(wire, call)
}

/** Arguments as an object. What a model wrote wrongly stays readable for it, under a name of its own. */
function inputOf({ kind, arguments: text }: ToolCallPart): JsonObject {
  if (kind === 'custom') return { input: text }
  if (text.trim() === '') return {}
  const value = parseJson(text)
  return isJsonObject(value) ? value : { invalid_arguments: text }
}

export function encodeResult(result: ToolResultPart, id: string, state: EncodeState): JsonObject {
  const content = encodeResultContent(result, state)
  const wire = {
    type: 'tool_result',
    tool_use_id: id,
    ...(content === undefined ? {} : { content }),
    ...(result.failed === undefined ? {} : { is_error: result.failed }),
  }
  return finishBlock(wire, result)
}

/** A result's content: a string where one text says it all. One that failed must say something. */
function encodeResultContent(result: ToolResultPart, state: EncodeState): JsonValue | undefined {
  const blocks = resultBlocks(result, state)
  const [only] = blocks
  if (only === undefined) return result.failed === true ? 'Error' : undefined
  return blocks.length === 1 ? (plainText(only) ?? blocks) : blocks
}

/** The content of a result as blocks, for results that lost their call too. */
export function resultBlocks(
  { content, structured }: ToolResultPart,
  state: EncodeState,
): readonly JsonObject[] {
  const blocks = content.flatMap((part) => encodeUserPart(part, state))
  if (blocks.length > 0 || structured === undefined) return blocks
  return [{ type: 'text', text: JSON.stringify(structured) }]
}

/** The text of a block that says nothing else. */
export function plainText(block: JsonObject): string | undefined {
  const { type, text } = block
  const isPlain = type === 'text' && typeof text === 'string' && Object.keys(block).length === 2
  return isPlain ? text : undefined
}

function finishBlock(
  wire: JsonObject,
  { cache, extensions }: Pick<TextPart, 'cache' | 'extensions'>,
): JsonObject {
  const marked = cache === undefined ? wire : { ...wire, cache_control: encodeMark(cache) }
  return withLeftover(marked, extensions)
}

const unmarkable: ReadonlySet<JsonValue | undefined> = new Set(['thinking', 'redacted_thinking'])

/** Blocks with a mark of the whole message on the last of them that can hold one. */
export function markLast(blocks: JsonObject[], cache: CacheMark | undefined): JsonObject[] {
  const at = blocks.findLastIndex(({ type }) => !unmarkable.has(type))
  const block = blocks[at]
  if (cache === undefined || block === undefined || block['cache_control'] !== undefined) {
    return blocks
  }
  return blocks.with(at, { ...block, cache_control: encodeMark(cache) })
}
