import {
  isJsonObject,
  type JsonObject,
  type MediaPart,
  type ProviderPart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from '@jackfield/core'
import { withLeftover } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { encodeMedia, encodePart } from './encode-part.ts'
import type { EncodeState } from './encode-state.ts'

/** A result on the wire: the response itself, and parts that have to follow all responses of the turn. */
export interface EncodedResult {
  readonly response: JsonObject
  readonly behind: readonly JsonObject[]
}

/** The response to a call. One that was never answered gets an error, for as many responses as calls are demanded. */
export function encodeResult(
  call: ToolCallPart,
  result: ToolResultPart | undefined,
  state: EncodeState,
): EncodedResult {
  const link = { id: call.callId, name: state.names.sent(call.name) }
  if (result === undefined) {
    const response = { error: 'The call was not answered.' }
    return { response: { functionResponse: { ...link, response } }, behind: [] }
  }
  const media = result.content.filter(isMedia)
  const inside = state.facts.resultMedia === true && media.every(isInline)
  const parts =
    inside && media.length > 0 ? { parts: media.map((part) => encodeMedia(part, state)) } : {}
  const wire = {
    functionResponse: { ...link, response: responseOf(result, state), ...parts },
  }
  return {
    response: withLeftover(wire, result.extensions, geminiName),
    behind: inside || media.length === 0 ? [] : mediaBehind(call, media, state),
  }
}

/** `output` and `error` are the words that Google knows; an object of the tool's own is the result as it is. */
function responseOf(result: ToolResultPart, state: EncodeState): JsonObject {
  const { structured, failed } = result
  if (structured !== undefined) {
    return failed === true && structured['error'] === undefined ? { error: structured } : structured
  }
  const text = textOf(result, state)
  return failed === true ? { error: text === '' ? 'The call failed.' : text } : { output: text }
}

function textOf({ content }: ToolResultPart, { dropped }: EncodeState): string {
  const texts: string[] = []
  for (const part of content) {
    if (part.type === 'text') texts.push(part.text)
    else if (part.type === 'provider') dropped.add(typeOf(part))
  }
  return texts.join('\n')
}

function typeOf({ value }: ProviderPart): string {
  const type = isJsonObject(value) ? value['type'] : undefined
  return typeof type === 'string' ? type : 'provider part'
}

function isMedia(part: TextPart | MediaPart | ProviderPart): part is MediaPart {
  return part.type !== 'text' && part.type !== 'provider'
}

/** A response holds bytes; what is only named by a URL follows it. */
function isInline({ source }: MediaPart): boolean {
  return source.kind === 'base64' || source.kind === 'text'
}

function mediaBehind(
  call: ToolCallPart,
  media: readonly MediaPart[],
  state: EncodeState,
): readonly JsonObject[] {
  const label = { text: `Output of tool call ${call.callId}:` }
  return [label, ...media.flatMap((part) => encodePart(part, state))]
}

/** A result without its call, which truncated histories have, can only be told in words. */
export function encodeOrphan(result: ToolResultPart, state: EncodeState): readonly JsonObject[] {
  const { structured, failed } = result
  const said = structured === undefined ? textOf(result, state) : JSON.stringify(structured)
  const what = failed === true ? 'Error' : 'Output'
  const media = result.content.filter(isMedia).flatMap((part) => encodePart(part, state))
  return [{ text: `${what} of tool call ${result.callId}: ${said}` }, ...media]
}
