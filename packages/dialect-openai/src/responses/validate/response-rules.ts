import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, isInteger, type Report } from '@jackfield/dialect-kit'
import { checkItem } from './item-shape.ts'

const statuses = new Set<JsonValue | undefined>([
  ...['queued', 'in_progress', 'completed', 'failed', 'incomplete', 'cancelled'],
])
const reasons = new Set<JsonValue | undefined>([
  ...['max_output_tokens', 'content_filter', 'max_messages', 'steered'],
])
const totals = ['input_tokens', 'output_tokens', 'total_tokens'] as const

/** Members that a response repeats of its request, and their kinds (protocol reference 2.4). */
const echoKinds: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  parallel_tool_calls: (value) => typeof value === 'boolean',
  tools: (value) => Array.isArray(value),
  tool_choice: (value) => typeof value === 'string' || isJsonObject(value),
  temperature: (value) => value === null || typeof value === 'number',
  top_p: (value) => value === null || typeof value === 'number',
  instructions: (value) => value === null || typeof value === 'string' || Array.isArray(value),
  metadata: (value) => value === null || isJsonObject(value),
  previous_response_id: (value) => value === null || typeof value === 'string',
}

/** The response object, at any point of its life. */
export function checkResponse(response: JsonObject, report: Report): void {
  if (response['object'] !== 'response') report('`object` is not "response"')
  if (!isFilledText(response['id'])) report('`id` is no text')
  if (!isFilledText(response['model'])) report('`model` is no text')
  if (!isInteger(response['created_at'])) report('`created_at` is no time')
  if (!statuses.has(response['status'])) report('`status` is no known word')
  checkEcho(response, report)
  checkEnding(response, report)
  checkUsage(response['usage'], report)
  const { output } = response
  if (!Array.isArray(output)) {
    report('`output` is no list')
    return
  }
  for (const item of output) checkItem(item, report)
}

function checkEcho(response: JsonObject, report: Report): void {
  for (const [name, fits] of Object.entries(echoKinds)) {
    const value = response[name]
    if (value === undefined) report(`\`${name}\` is missing`)
    else if (!fits(value)) report(`\`${name}\` has the wrong type`)
  }
}

/** `error` and `incomplete_details` are there exactly where the status says so. */
function checkEnding(response: JsonObject, report: Report): void {
  const { status, error, incomplete_details: details } = response
  if (error === undefined) report('`error` is missing')
  if (details === undefined) report('`incomplete_details` is missing')
  if (status === 'failed') {
    const isTold = isJsonObject(error) && isFilledText(error['message'])
    if (!isTold || !isFilledText(error['code'])) report('a failed response has no `error`')
  } else if (isJsonObject(error)) report('`error` is told of a response that did not fail')
  if (status === 'incomplete') {
    const reason = isJsonObject(details) ? details['reason'] : undefined
    if (!reasons.has(reason)) report('an incomplete response has no known reason')
  } else if (isJsonObject(details)) report('`incomplete_details` of a response that is complete')
}

function checkUsage(usage: JsonValue | undefined, report: Report): void {
  if (usage === null) return
  if (!isJsonObject(usage)) {
    report('`usage` is neither an object nor null')
    return
  }
  for (const name of totals) {
    if (!isInteger(usage[name]) || Number(usage[name]) < 0) report(`\`usage.${name}\` is no count`)
  }
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage
  if (Number(input) + Number(output) !== Number(total)) {
    report('`usage.total_tokens` is not the sum of the other two')
  }
  for (const name of ['input_tokens_details', 'output_tokens_details']) {
    if (!isJsonObject(usage[name])) report(`\`usage.${name}\` is missing`)
  }
}
