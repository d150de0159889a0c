import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import {
  checkTexts,
  decodeText,
  isFilledText,
  isInteger,
  parseJson,
  type Report,
} from '@jackfield/dialect-kit'
import { checkCall, checkError, checkUsage, finishReasons } from './shape.ts'

/** Problems of a whole answer, be it a chat completion, a list of embeddings or an error. Empty for a legal one. */
export function validateChatResponse(body: Uint8Array): readonly string[] {
  return validate(body, (answer, report) => {
    if (answer['object'] === 'list') checkEmbeddings(answer, report)
    else checkCompletion(answer, 'chat.completion', { check: checkChatChoice, report })
  })
}

/** The same for the legacy completions. */
export function validateTextResponse(body: Uint8Array): readonly string[] {
  return validate(body, (answer, report) =>
    checkCompletion(answer, 'text_completion', { check: checkTextChoice, report }),
  )
}

function validate(
  body: Uint8Array,
  check: (answer: JsonObject, report: Report) => void,
): readonly string[] {
  const problems: string[] = []
  const report: Report = (problem) => problems.push(problem)
  const answer = parseJson(decodeText(body))
  if (!isJsonObject(answer)) report('the body is not a JSON object')
  else if (answer['error'] === undefined) check(answer, report)
  else checkError(answer['error'], report)
  return problems
}

function checkCompletion(
  answer: JsonObject,
  object: string,
  { check, report }: { readonly check: typeof checkChatChoice; readonly report: Report },
): void {
  if (answer['object'] !== object) report(`\`object\` is not "${object}"`)
  if (!isFilledText(answer['id'])) report('`id` is no text')
  if (!isInteger(answer['created'])) report('`created` is no time')
  if (!isFilledText(answer['model'])) report('`model` is no text')
  const { usage, choices } = answer
  if (isJsonObject(usage)) checkUsage(usage, report)
  else if (usage !== undefined) report('`usage` is not an object')
  if (!Array.isArray(choices) || choices.length === 0) report('`choices` is no list of choices')
  else
    for (const [index, choice] of choices.entries()) checkIndexed(choice, index, { check, report })
}

function checkIndexed(
  choice: JsonValue,
  index: number,
  { check, report }: { readonly check: typeof checkChatChoice; readonly report: Report },
): void {
  if (!isJsonObject(choice)) {
    report('a choice is not an object')
    return
  }
  if (choice['index'] !== index) report('a choice has the wrong `index`')
  if (!finishReasons.has(choice['finish_reason'])) report('`finish_reason` is no known word')
  check(choice, report)
}

function checkChatChoice(choice: JsonObject, report: Report): void {
  const { message } = choice
  if (!isJsonObject(message)) {
    report('`message` is not an object')
    return
  }
  if (message['role'] !== 'assistant') report('`message.role` is not "assistant"')
  if (message['content'] === undefined) report('`message.content` is missing')
  checkTexts(message, ['content', 'refusal', 'reasoning_content'], report)
  checkCalls(message['tool_calls'], choice['finish_reason'], report)
}

function checkCalls(
  calls: JsonValue | undefined,
  reason: JsonValue | undefined,
  report: Report,
): void {
  if (calls === undefined) {
    if (reason === 'tool_calls') report('no call was made')
    return
  }
  if (!Array.isArray(calls) || calls.length === 0) {
    report('`tool_calls` is not a list of calls')
    return
  }
  if (reason === 'stop') report('calls are made, yet it says stop')
  for (const call of calls) checkCall(call, report)
}

function checkTextChoice(choice: JsonObject, report: Report): void {
  if (typeof choice['text'] !== 'string') report('`text` is no text')
}

function checkEmbeddings(answer: JsonObject, report: Report): void {
  const { data, usage } = answer
  if (!isFilledText(answer['model'])) report('`model` is no text')
  if (!isJsonObject(usage) || !isInteger(usage['prompt_tokens'])) report('`usage` is missing')
  if (!Array.isArray(data)) {
    report('`data` is not a list')
    return
  }
  for (const [index, item] of data.entries()) checkEmbedding(item, index, report)
}

function checkEmbedding(item: JsonValue, index: number, report: Report): void {
  if (!isJsonObject(item) || item['object'] !== 'embedding') {
    report('`data` holds something else than embeddings')
    return
  }
  if (item['index'] !== index) report('an embedding has the wrong `index`')
  const { embedding } = item
  if (!Array.isArray(embedding) && !isFilledText(embedding)) report('an embedding is empty')
}
