import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, isInteger, type Report } from '@jackfield/dialect-kit'
import { stopReasons } from '../chat/finish-reason.ts'

const errorTypes: ReadonlySet<JsonValue | undefined> = new Set([
  ...['invalid_request_error', 'authentication_error', 'billing_error', 'permission_error'],
  ...['not_found_error', 'conflict_error', 'request_too_large', 'rate_limit_error'],
  ...['timeout_error', 'api_error', 'overloaded_error'],
  ...['memory_precondition_failed_error', 'memory_path_conflict_error'],
])

/** The envelope of errors: the whole body, or the data of an `error` event. */
export function checkError({ type, error }: JsonObject, report: Report): void {
  if (type !== 'error') report('`type` is not "error"')
  if (!isJsonObject(error)) {
    report('`error` is not an object')
    return
  }
  if (!errorTypes.has(error['type'])) report('`error.type` is no known type')
  if (!isFilledText(error['message'])) report('`error.message` is no text')
}

/** What a message says of itself, whole or at the start of a stream. */
export function checkFrame(message: JsonObject, report: Report): void {
  if (!isFilledText(message['id'])) report('`id` is no text')
  if (message['type'] !== 'message') report('`type` is not "message"')
  if (message['role'] !== 'assistant') report('`role` is not "assistant"')
  if (!isFilledText(message['model'])) report('`model` is no text')
  if (!Array.isArray(message['content'])) report('`content` is not a list')
}

const counters = ['input_tokens', 'output_tokens'] as const
const cacheCounters = ['cache_creation_input_tokens', 'cache_read_input_tokens'] as const

/** Usage of which these counters must be told; the others may be null or missing. */
export function checkUsage(
  usage: JsonValue | undefined,
  told: readonly string[],
  report: Report,
): void {
  if (!isJsonObject(usage)) {
    report('`usage` is not an object')
    return
  }
  for (const name of [...counters, ...cacheCounters]) {
    const value = usage[name]
    const isSilent = !told.includes(name) && (value === undefined || value === null)
    if (!isSilent && !(isInteger(value) && value >= 0)) report(`\`usage.${name}\` is no count`)
  }
}

/** How an answer ended, and whether that fits what it holds. */
export function checkEnd(end: JsonObject, hasCalls: boolean, report: Report): void {
  const { stop_reason: reason, stop_sequence: sequence, stop_details: details } = end
  if (!stopReasons.has(reason)) report('`stop_reason` is no known word')
  if (reason === 'end_turn' && hasCalls) report('tools are called, yet it says `end_turn`')
  if (reason === 'tool_use' && !hasCalls) report('it says `tool_use`, yet no tool is called')
  if (sequence !== null && typeof sequence !== 'string') {
    report('`stop_sequence` is neither a text nor null')
  }
  if ((reason === 'stop_sequence') !== (typeof sequence === 'string')) {
    report('`stop_sequence` does not fit the reason')
  }
  const isDetailed = isJsonObject(details) && isFilledText(details['type'])
  if (details !== undefined && details !== null && !isDetailed) {
    report('`stop_details` is neither null nor an object with a `type`')
  }
}
