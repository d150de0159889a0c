import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import type { EventSink } from '../event-writer.ts'

interface Place {
  readonly item_id: string
  readonly output_index: number
}

/** All events of a stored message, reasoning or call. `false` for an item of any other type. */
export function writeStoredItem(sink: EventSink, index: number, item: JsonObject): boolean {
  const begun = begunForm(item)
  if (begun === undefined) return false
  const place = { item_id: String(item['id']), output_index: index }
  sink.event('response.output_item.added', { output_index: index, item: begun })
  for (const [part, value] of objectsIn(item['summary']).entries()) {
    writeSummary(sink, { ...place, summary_index: part }, value)
  }
  for (const [part, value] of objectsIn(item['content']).entries()) {
    writePart(sink, { ...place, content_index: part }, value)
  }
  writeArguments(sink, place, item)
  sink.event('response.output_item.done', { output_index: index, item })
  return true
}

/** An item as it is announced: empty. */
function begunForm(item: JsonObject): JsonObject | undefined {
  const status = item['status'] === undefined ? {} : { status: 'in_progress' }
  switch (item['type']) {
    case 'message':
      return { ...item, ...status, content: [] }
    case 'reasoning': {
      const { content: _content, encrypted_content: _encrypted, ...rest } = item
      return { ...rest, ...status, summary: [] }
    }
    case 'function_call':
      return { ...item, ...status, arguments: '' }
    case 'custom_tool_call':
      return { ...item, ...status, input: '' }
    default:
      return undefined
  }
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function writeSummary(sink: EventSink, place: JsonObject, part: JsonObject): void {
  const text = String(part['text'] ?? '')
  sink.event('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } })
  if (text !== '') sink.event('response.reasoning_summary_text.delta', { ...place, delta: text })
  sink.event('response.reasoning_summary_text.done', { ...place, text })
  sink.event('response.reasoning_summary_part.done', { ...place, part })
}

function writePart(sink: EventSink, place: JsonObject, part: JsonObject): void {
  sink.event('response.content_part.added', { ...place, part: emptied(part) })
  writeText(sink, place, part)
  sink.event('response.content_part.done', { ...place, part })
}

function emptied(part: JsonObject): JsonObject {
  switch (part['type']) {
    case 'output_text':
      return { ...part, text: '', annotations: [], logprobs: [] }
    case 'refusal':
      return { ...part, refusal: '' }
    case 'reasoning_text':
      return { ...part, text: '' }
    default:
      return part
  }
}

function writeText(sink: EventSink, place: JsonObject, part: JsonObject): void {
  const { type, text, refusal } = part
  if (type === 'refusal') {
    sink.event('response.refusal.delta', { ...place, delta: refusal ?? '' })
    sink.event('response.refusal.done', { ...place, refusal: refusal ?? '' })
  } else if (type === 'reasoning_text') {
    sink.event('response.reasoning_text.delta', { ...place, delta: text ?? '' })
    sink.event('response.reasoning_text.done', { ...place, text: text ?? '' })
  } else if (type === 'output_text') {
    writeOutputText(sink, place, part)
  }
}

function writeOutputText(sink: EventSink, place: JsonObject, part: JsonObject): void {
  const text = String(part['text'] ?? '')
  const logprobs = part['logprobs'] ?? []
  if (text !== '') sink.event('response.output_text.delta', { ...place, delta: text, logprobs })
  for (const [annotation_index, annotation] of objectsIn(part['annotations']).entries()) {
    const event = { ...place, annotation_index, annotation }
    sink.event('response.output_text.annotation.added', event)
  }
  sink.event('response.output_text.done', { ...place, text, logprobs })
}

function writeArguments(sink: EventSink, place: Place, item: JsonObject): void {
  const { type } = item
  if (type === 'function_call') {
    const args = String(item['arguments'] ?? '')
    if (args !== '') sink.event('response.function_call_arguments.delta', { ...place, delta: args })
    sink.event('response.function_call_arguments.done', { ...place, arguments: args })
  }
  if (type === 'custom_tool_call') {
    const input = String(item['input'] ?? '')
    if (input !== '')
      sink.event('response.custom_tool_call_input.delta', { ...place, delta: input })
    sink.event('response.custom_tool_call_input.done', { ...place, input })
  }
}
