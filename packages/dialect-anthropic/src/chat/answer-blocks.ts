import {
  type AssistantPart,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MediaPart,
  type OpaqueState,
  type ProviderPart,
  type TextPart,
  type ToolCallPart,
} from '@jackfield/core'
import { legalCallId, parseJson } from '@jackfield/dialect-kit'
import { withLeftover } from '../leftover.ts'
import { anthropicName } from '../names.ts'
import { callIdRule } from './call-ids.ts'
import { encodeCitation } from './citations.ts'
import { packed, splitState } from './reasoning-state.ts'

/**
 * The content of an answer as blocks for a client. Texts that say nothing are none: clients cannot send them back. Refusals between which
 * nothing is said are one, as they are in a stream.
 */
export function answerBlocks(content: readonly AssistantPart[]): JsonObject[] {
  const blocks: JsonObject[] = []
  let refusal = ''
  for (const part of content) {
    const own = blocksOf(part)
    if (own.length === 0) continue
    if (part.type === 'refusal' && refusal !== '') blocks.pop()
    refusal = part.type === 'refusal' ? refusal + part.text : ''
    blocks.push(...(refusal === '' ? own : [{ type: 'text', text: refusal }]))
  }
  return blocks
}

function blocksOf(part: AssistantPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return textBlocks(part)
    case 'refusal':
      return textBlocks({ type: 'text', text: part.text })
    case 'reasoning':
      return reasoningBlocks(part.text, part.state)
    case 'tool-call':
      return [callBlock(part, inputOf(part))]
    case 'provider':
      return ownBlocks(part)
    default:
      return textBlocks({ type: 'text', text: mediaNote(part) })
  }
}

function textBlocks({ text, citations = [] }: TextPart): readonly JsonObject[] {
  const shown = citations.map(encodeCitation).filter((citation) => citation !== undefined)
  if (text === '') return []
  return [{ type: 'text', text, ...(shown.length === 0 ? {} : { citations: shown }) }]
}

function reasoningBlocks(
  text: string,
  state: readonly OpaqueState[] | undefined,
): readonly JsonObject[] {
  const { signature, behind } = closeReasoning(state, text !== '')
  return signature === undefined
    ? behind
    : [{ type: 'thinking', thinking: text, signature }, ...behind]
}

/** How reasoning ends for a client. */
export interface ReasoningClose {
  /** Signature of the thinking block; `undefined` where there is no such block. */
  readonly signature: string | undefined
  /** Redacted blocks that follow. */
  readonly behind: readonly JsonObject[]
}

/**
 * Reasoning has its provider's signature, or carries packed what is not this protocol's own: also nothing at all, so that no provider
 * is ever given a thought that it did not sign. State without words stands in a redacted block.
 */
export function closeReasoning(
  state: readonly OpaqueState[] | undefined,
  hasText: boolean,
): ReasoningClose {
  const { signature, redacted, foreign } = splitState(state)
  const carries = signature === undefined && hasText
  const loose = foreign.length > 0 && !carries ? [packed(foreign)] : []
  return {
    signature: signature ?? (carries ? packed(foreign) : undefined),
    behind: [...redacted, ...loose].map((data) => ({ type: 'redacted_thinking', data })),
  }
}

/** The block of a call, with its arguments or with the empty ones that a stream begins with. */
export function callBlock(
  { callId, name, extensions }: Pick<ToolCallPart, 'callId' | 'name' | 'extensions'>,
  input: JsonObject,
): JsonObject {
  const block = { type: 'tool_use', id: legalCallId(callId, callIdRule), name, input }
  return withLeftover(block, extensions)
}

/** Arguments as the object that clients expect. */
function inputOf({ kind, arguments: text }: ToolCallPart): JsonObject {
  if (kind === 'custom') return { input: text }
  const value = text.trim() === '' ? {} : parseJson(text)
  return isJsonObject(value) ? value : { invalid_arguments: text }
}

/** What only this dialect has; what another one has is not for this client. */
export function ownBlocks({ dialect, value }: ProviderPart): readonly JsonObject[] {
  return dialect === anthropicName && isBlock(value) ? [value] : []
}

function isBlock(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && typeof value['type'] === 'string'
}

/** Generated media in words: this protocol cannot show them, and a silent gap would pass for the whole answer. */
export function mediaNote({ type, source, transcript, name }: MediaPart): string {
  if (transcript !== undefined && transcript !== '') return transcript
  if (source.kind === 'text') return source.text
  if (source.kind === 'url') return `[${name ?? type}](${source.url})`
  const mediaType = source.kind === 'base64' ? ` of the type ${source.mediaType}` : ''
  return `(The model made a file${mediaType}, which this protocol cannot show.)`
}
