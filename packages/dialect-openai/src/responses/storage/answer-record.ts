import { type CallHead, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { parseRequest } from '@jackfield/dialect-kit'
import { typeOfItem } from '../item-kinds.ts'

/** What is kept of one answer: all items that the model saw, each with an id, and the document that the client got. */
export interface AnswerRecord {
  readonly input: readonly JsonObject[]
  readonly answer: JsonObject
}

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  reasoning: 'rs',
}

/** `instructions` are not kept: they hold for one answer. */
export function recordAnswer(body: Uint8Array, _head: CallHead, answer: JsonObject): JsonObject {
  const { input } = parseRequest(body)
  const id = String(answer['id'] ?? '')
  const items = listOf(input).map((item, index) =>
    withId(item, `${id.replace('resp_', '')}_in${index}`),
  )
  return { input: items, answer }
}

export function readRecord(record: JsonObject): AnswerRecord {
  const { input, answer } = record
  return {
    input: Array.isArray(input) ? input.filter(isJsonObject) : [],
    answer: isJsonObject(answer) ? answer : {},
  }
}

/** The items of an answer. */
export function outputOf({ answer }: AnswerRecord): readonly JsonObject[] {
  const { output } = answer
  return Array.isArray(output) ? output.filter(isJsonObject) : []
}

/** The input as items; a text is what the user says. */
function listOf(input: JsonValue | undefined): readonly JsonObject[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  return Array.isArray(input) ? input.filter(isJsonObject) : []
}

/** An item as it is shown when it is asked for: with its type, an id, and the texts of messages as parts. */
function withId(item: JsonObject, made: string): JsonObject {
  const type = typeOfItem(item)
  const { id, content, role } = item
  const isMessage = type === 'message'
  const partType = role === 'assistant' ? 'output_text' : 'input_text'
  return {
    ...item,
    type,
    id: typeof id === 'string' && id !== '' ? id : `${prefixes[type] ?? 'item'}_${made}`,
    ...(isMessage && item['status'] === undefined ? { status: 'completed' } : {}),
    ...(isMessage && typeof content === 'string'
      ? { content: [{ type: partType, text: content }] }
      : {}),
  }
}
