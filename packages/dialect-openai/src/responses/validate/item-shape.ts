import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, type Report } from '@jackfield/dialect-kit'

const itemStatuses = new Set<JsonValue | undefined>([
  ...['in_progress', 'completed', 'incomplete', 'failed'],
  ...['searching', 'interpreting', 'generating', 'calling'],
])

/** Types that always have a status. */
const stateful = new Set(['message', 'function_call', 'custom_tool_call', 'web_search_call'])

/** An output item, finished or only announced. */
export function checkItem(item: JsonValue | undefined, report: Report): item is JsonObject {
  if (!isJsonObject(item)) {
    report('an item is not an object')
    return false
  }
  const { type, id, status } = item
  if (!isFilledText(type)) report('an item has no `type`')
  if (!isFilledText(id)) report('an item has no `id`')
  const needsStatus = stateful.has(String(type))
  if ((needsStatus || status !== undefined) && !itemStatuses.has(status)) {
    report('the `status` of an item is no known word')
  }
  checkMembers(item, report)
  return true
}

function checkMembers(item: JsonObject, report: Report): void {
  switch (item['type']) {
    case 'message':
      checkMessage(item, report)
      return
    case 'reasoning':
      checkReasoning(item, report)
      return
    case 'function_call':
      checkCall(item, 'arguments', report)
      return
    case 'custom_tool_call':
      checkCall(item, 'input', report)
      return
    default:
  }
}

function checkMessage({ role, content }: JsonObject, report: Report): void {
  if (role !== 'assistant') report('the `role` of a message is not "assistant"')
  if (!Array.isArray(content)) report('the `content` of a message is no list')
  else for (const part of content) checkPart(part, report)
}

function checkReasoning(
  { summary, content, encrypted_content: state }: JsonObject,
  report: Report,
) {
  if (!isTextList(summary, 'summary_text')) report('the `summary` of reasoning is no list of texts')
  if (content !== undefined && content !== null && !isTextList(content, 'reasoning_text')) {
    report('the `content` of reasoning is no list of texts')
  }
  if (state !== undefined && state !== null && !isFilledText(state)) {
    report('`encrypted_content` is no text')
  }
}

function isTextList(value: JsonValue | undefined, type: string): boolean {
  if (!Array.isArray(value)) return false
  return value.every(
    (part) => isJsonObject(part) && part['type'] === type && typeof part['text'] === 'string',
  )
}

function checkCall(item: JsonObject, member: 'arguments' | 'input', report: Report): void {
  if (!isFilledText(item['call_id'])) report('a call has no `call_id`')
  if (!isFilledText(item['name'])) report('a call has no `name`')
  if (typeof item[member] !== 'string') report(`the \`${member}\` of a call is no text`)
}

/** A part of a message, finished or only announced. */
export function checkPart(part: JsonValue | undefined, report: Report): void {
  if (!isJsonObject(part) || !isFilledText(part['type'])) {
    report('a content part has no `type`')
    return
  }
  const { type, text, annotations, refusal } = part
  if (type === 'output_text') {
    if (typeof text !== 'string') report('the `text` of a part is no text')
    if (!Array.isArray(annotations)) report('the `annotations` of a part are no list')
  }
  if (type === 'refusal' && typeof refusal !== 'string')
    report('the `refusal` of a part is no text')
}
