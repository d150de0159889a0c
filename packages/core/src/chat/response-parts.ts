import type { AssistantPart, Citation, ToolCallPart } from './content.ts'
import type { OpaqueState } from './opaque-state.ts'
import type { ChatResponse } from './response.ts'
import type { StreamPart } from './stream-part.ts'

/** UTF-16 code units per delta of a synthesised stream: about what one provider delta of a fast model carries. */
const deltaSize = 48

/**
 * The stream that a complete answer would have been: for providers that do not stream. Texts come in several deltas,
 * cut between words where possible and never inside a character.
 */
export function* responseParts(response: ChatResponse): Generator<StreamPart> {
  yield {
    type: 'start',
    ...(response.id === undefined ? {} : { id: response.id }),
    ...(response.model === undefined ? {} : { model: response.model }),
    ...(response.created === undefined ? {} : { created: response.created }),
    ...(response.extensions === undefined ? {} : { extensions: response.extensions }),
  }
  let block = 0
  for (const part of response.content) {
    yield* blockParts(part, `b${block}`)
    block += 1
  }
  if (response.usage !== undefined) yield { type: 'usage', usage: response.usage }
  yield { type: 'finish', ...response.finish }
}

function* blockParts(part: AssistantPart, id: string): Generator<StreamPart> {
  switch (part.type) {
    case 'text':
      yield { type: 'text-start', id }
      for (const text of cut(part.text)) yield { type: 'text-delta', id, text }
      yield* sources(part.citations, id)
      yield { type: 'text-end', id, ...stateOf(part) }
      return
    case 'reasoning':
      yield { type: 'reasoning-start', id, form: part.form }
      for (const text of cut(part.text)) yield { type: 'reasoning-delta', id, text }
      yield { type: 'reasoning-end', id, ...stateOf(part) }
      return
    case 'tool-call':
      yield callStart(part, id)
      if (part.arguments !== '') {
        yield { type: 'tool-call-delta', id, arguments: part.arguments }
      }
      yield { type: 'tool-call-end', id, ...stateOf(part) }
      return
    case 'refusal':
      for (const text of cut(part.text)) yield { type: 'refusal', text }
      return
    case 'provider':
      yield { type: 'provider', part }
      return
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      yield { type: 'file', file: part }
      return
    default:
      part satisfies never
  }
}

function callStart({ callId, name, kind, extensions }: ToolCallPart, id: string): StreamPart {
  const own = extensions === undefined ? {} : { extensions }
  return { type: 'tool-call-start', id, callId, name, kind, ...own }
}

function* sources(citations: readonly Citation[] | undefined, id: string): Generator<StreamPart> {
  for (const citation of citations ?? []) yield { type: 'source', id, citation }
}

function stateOf(part: { readonly state?: readonly OpaqueState[] }): {
  readonly state?: readonly OpaqueState[]
} {
  return part.state === undefined ? {} : { state: part.state }
}

/** Pieces of a text that together are the text. */
function* cut(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const end = cutPoint(text, start)
    yield text.slice(start, end)
    start = end
  }
}

function cutPoint(text: string, start: number): number {
  const limit = start + deltaSize
  if (limit >= text.length) return text.length
  // Not in the text itself: where no spaces are, every search would go back to its start.
  const space = text.slice(start, limit).lastIndexOf(' ')
  if (space > 0) return start + space
  const code = text.charCodeAt(limit)
  const splitsPair = code >= 0xdc00 && code <= 0xdfff
  return splitsPair ? limit + 1 : limit
}
