import type { JsonObject } from '../strict/rule.ts'
import type { CompleteItem } from './complete-answer.ts'
import type { ResponsesEvent } from './event.ts'
import { itemDocument, logprobsOf, messageParts, openedItem } from './output-item.ts'
import { rawItemEvents } from './raw-item-events.ts'

/** The events of one item from its `added` to its `done`, in the order of OpenAI Responses 2.6. */
export function itemEvents(item: CompleteItem, index: number): readonly ResponsesEvent[] {
  const output_index = index
  const between = contentEvents(item).map((event) => ({ ...event, output_index }))
  return [
    { type: 'response.output_item.added', output_index, item: openedItem(item) },
    ...between,
    { type: 'response.output_item.done', output_index, item: itemDocument(item) },
  ]
}

function contentEvents(item: CompleteItem): readonly ResponsesEvent[] {
  switch (item.type) {
    case 'message':
      return messageParts(item).flatMap((_, index) => partEvents(item, index))
    case 'reasoning':
      return [...summaryEvents(item), ...rawReasoningEvents(item)]
    case 'function_call':
      return pieceEvents('response.function_call_arguments', item, 'arguments')
    case 'custom_tool_call':
      return pieceEvents('response.custom_tool_call_input', item, 'input')
    case 'raw':
      return rawItemEvents(item.item)
  }
}

function partEvents(
  item: Extract<CompleteItem, { type: 'message' }>,
  index: number,
): readonly ResponsesEvent[] {
  const found = messageParts(item)[index]
  if (!found) return []
  const { part, opened, pieces } = found
  const place = { item_id: item.id, content_index: index }
  const inside =
    part['type'] === 'output_text' ? textEvents(item, pieces, place) : refusalEvents(pieces, place)
  return [
    { type: 'response.content_part.added', ...place, part: opened },
    ...inside,
    { type: 'response.content_part.done', ...place, part },
  ]
}

function textEvents(
  item: Extract<CompleteItem, { type: 'message' }>,
  pieces: readonly string[],
  place: JsonObject,
): readonly ResponsesEvent[] {
  const streamed = (tokens: readonly string[]): readonly JsonObject[] =>
    logprobsOf(item, tokens).map(({ bytes: _, ...rest }) => rest)
  return [
    ...pieces.map((delta) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
      logprobs: streamed([delta]),
    })),
    ...item.annotations.map((annotation, annotation_index) => ({
      type: 'response.output_text.annotation.added',
      ...place,
      annotation_index,
      annotation,
    })),
    {
      type: 'response.output_text.done',
      ...place,
      text: pieces.join(''),
      logprobs: streamed(pieces),
    },
  ]
}

function refusalEvents(pieces: readonly string[], place: JsonObject): readonly ResponsesEvent[] {
  return [
    ...pieces.map((delta) => ({ type: 'response.refusal.delta', ...place, delta })),
    { type: 'response.refusal.done', ...place, refusal: pieces.join('') },
  ]
}

function summaryEvents(
  item: Extract<CompleteItem, { type: 'reasoning' }>,
): readonly ResponsesEvent[] {
  return item.summary.flatMap((pieces, summary_index) => {
    const place = { item_id: item.id, summary_index }
    const text = pieces.join('')
    const part = (words: string): JsonObject => ({ type: 'summary_text', text: words })
    return [
      { type: 'response.reasoning_summary_part.added', ...place, part: part('') },
      ...pieces.map((delta) => ({
        type: 'response.reasoning_summary_text.delta',
        ...place,
        delta,
      })),
      { type: 'response.reasoning_summary_text.done', ...place, text },
      { type: 'response.reasoning_summary_part.done', ...place, part: part(text) },
    ]
  })
}

function rawReasoningEvents(
  item: Extract<CompleteItem, { type: 'reasoning' }>,
): readonly ResponsesEvent[] {
  if (!item.content) return []
  const place = { item_id: item.id, content_index: 0 }
  const text = item.content.join('')
  const part = (words: string): JsonObject => ({ type: 'reasoning_text', text: words })
  return [
    { type: 'response.content_part.added', ...place, part: part('') },
    ...item.content.map((delta) => ({ type: 'response.reasoning_text.delta', ...place, delta })),
    { type: 'response.reasoning_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: part(text) },
  ]
}

/** Deltas and what they come to. Nothing to say makes no delta. */
function pieceEvents(
  family: string,
  item: { readonly id: string; readonly pieces: readonly string[] },
  whole: string,
): readonly ResponsesEvent[] {
  const item_id = item.id
  return [
    ...item.pieces.map((delta) => ({ type: `${family}.delta`, item_id, delta })),
    { type: `${family}.done`, item_id, [whole]: item.pieces.join('') },
  ]
}
