import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, isInteger, type Report } from '@jackfield/dialect-kit'

export const finishReasons: ReadonlySet<JsonValue | undefined> = new Set([
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
  // OpenRouter's word, which we use for answers that the provider calls broken.
  'error',
])

const totals = ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const

/** Usage of generations. */
export function checkUsage(usage: JsonObject, report: Report): void {
  for (const name of totals) {
    if (!isInteger(usage[name]) || Number(usage[name]) < 0) report(`\`usage.${name}\` is no count`)
  }
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage
  if (Number(prompt) + Number(completion) !== Number(total)) {
    report('`usage.total_tokens` is not the sum of the other two')
  }
}

/** The envelope of errors, nested or as a plain string. */
export function checkError(error: JsonValue, report: Report): void {
  if (typeof error === 'string') {
    if (error === '') report('`error` is empty')
    return
  }
  if (!isJsonObject(error)) {
    report('`error` is neither an object nor a string')
    return
  }
  if (!isFilledText(error['message'])) report('`error.message` is no text')
  if (!isFilledText(error['type'])) report('`error.type` is no text')
  for (const name of ['param', 'code']) {
    const value = error[name]
    if (value !== null && typeof value !== 'string') {
      report(`\`error.${name}\` is neither a string nor null`)
    }
  }
}

/** A call in a whole message. */
export function checkCall(call: JsonValue, report: Report): void {
  if (!isJsonObject(call)) {
    report('a tool call is not an object')
    return
  }
  const { id, type } = call
  if (!isFilledText(id)) report('a tool call has no `id`')
  const body = type === 'function' || type === 'custom' ? call[type] : undefined
  if (!isJsonObject(body)) {
    report('a tool call is neither a `function` nor a `custom` one')
    return
  }
  if (!isFilledText(body['name'])) report('a tool call has no name')
  const text = type === 'custom' ? body['input'] : body['arguments']
  if (typeof text !== 'string') report('the arguments of a tool call are no text')
}
