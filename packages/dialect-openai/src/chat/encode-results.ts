import type {
  AssistantPart,
  JsonObject,
  JsonValue,
  MediaPart,
  ProviderPart,
  TextPart,
  ToolCallPart,
  ToolMessage,
  ToolResultPart,
} from '@jackfield/core'
import { withLeftover } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import { type EncodeState, encodeContent, markLast } from './encode-part.ts'

/** The result of a call, without its media: tool messages hold text only. */
export function encodeResult(
  result: ToolResultPart,
  message: ToolMessage,
  state: EncodeState,
): JsonObject {
  const wire = {
    role: 'tool',
    tool_call_id: result.callId,
    content: encodeResultText(result, state),
  }
  return withLeftover(wire, result.extensions ?? message.extensions, chatName)
}

/** What stands for the result of a call that nothing answers, because a provider refuses one that is not answered. */
export function missingResult({ callId }: ToolCallPart): JsonObject {
  return { role: 'tool', tool_call_id: callId, content: 'No result was given.' }
}

/** The media of a result, for a user message behind all results. */
export function encodeResultMedia(result: ToolResultPart, state: EncodeState): JsonValue[] {
  const media = result.content.filter(isMedia)
  if (media.length === 0) return []
  const content = encodeContent([labelOf('Output', result), ...media], state)
  return typeof content === 'string' ? [] : [...content]
}

/** A result that answers no call, as words of the user: as a result providers refuse it. */
export function encodeOrphan(result: ToolResultPart, state: EncodeState): JsonObject {
  const { content, structured, failed, cache } = result
  const label = labelOf(failed === true ? 'Error' : 'Output', result)
  const said = content.length > 0 || structured === undefined ? content : [asText(structured)]
  return { role: 'user', content: encodeContent(markLast([label, ...said], cache), state) }
}

function labelOf(what: string, { callId }: ToolResultPart): TextPart {
  return { type: 'text', text: `${what} of tool call ${callId}:` }
}

function asText(value: JsonObject): TextPart {
  return { type: 'text', text: JSON.stringify(value) }
}

export function isMedia(
  part: AssistantPart | ToolResultPart['content'][number],
): part is MediaPart {
  return (
    part.type === 'image' || part.type === 'audio' || part.type === 'video' || part.type === 'file'
  )
}

function encodeResultText(result: ToolResultPart, state: EncodeState): JsonValue {
  const { content, structured, cache, failed } = result
  const parts = content.filter((part) => !isMedia(part))
  const said = parts.length > 0 ? parts : textBeside(content, structured)
  if (said.length > 0) return encodeContent(markLast(markFailed(said, result), cache), state)
  if (cache !== undefined) state.dropped.add('cache')
  return failed === true ? 'Error' : ''
}

/** What a result without a text of its own says. */
function textBeside(
  content: ToolResultPart['content'],
  structured: ToolResultPart['structured'],
): readonly TextPart[] {
  if (structured !== undefined) return [asText(structured)]
  if (content.length === 0) return []
  return [{ type: 'text', text: 'The output is in the next user message.' }]
}

/** The protocol has no error flag, so the text says it, unless it does already. */
function markFailed(
  parts: readonly (TextPart | ProviderPart)[],
  { failed }: ToolResultPart,
): readonly (TextPart | ProviderPart)[] {
  const [first, ...rest] = parts
  if (failed !== true || first?.type !== 'text' || saysError(first.text)) return parts
  return [{ ...first, text: `Error: ${first.text}` }, ...rest]
}

function saysError(text: string): boolean {
  return text.slice(0, 40).toLowerCase().includes('error')
}
