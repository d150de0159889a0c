import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { decodeText, isFilledText, isInteger, parseJson, type Report } from '@jackfield/dialect-kit'
import { checkBlock } from './check-block.ts'
import { checkEnd, checkError, checkFrame, checkUsage } from './check-message.ts'

/** Problems of a whole answer, be it a message, a count of tokens or an error. Empty for a legal one. */
export function validateResponse(body: Uint8Array): readonly string[] {
  const problems: string[] = []
  const report: Report = (problem) => problems.push(problem)
  const answer = parseJson(decodeText(body))
  if (!isJsonObject(answer)) report('the body is not a JSON object')
  else if (answer['error'] !== undefined || answer['type'] === 'error') checkError(answer, report)
  else if (answer['type'] === undefined && answer['input_tokens'] !== undefined) {
    checkCount(answer, report)
  } else checkMessage(answer, report)
  return problems
}

function checkCount({ input_tokens: count }: JsonObject, report: Report): void {
  if (!isInteger(count) || count < 0) report('`input_tokens` is no count')
}

function checkMessage(message: JsonObject, report: Report): void {
  checkFrame(message, report)
  const { content } = message
  const blocks = Array.isArray(content) ? content : []
  for (const block of blocks) checkWholeBlock(block, report)
  checkEnd(message, blocks.some(isCall), report)
  checkUsage(message['usage'], ['input_tokens', 'output_tokens'], report)
}

function checkWholeBlock(value: JsonValue, report: Report): void {
  const block = checkBlock(value, report)
  if (block?.['type'] === 'text' && block['text'] === '') report('a text is empty')
  if (block?.['type'] === 'thinking' && !isFilledText(block['signature'])) {
    report('thinking has no `signature`')
  }
}

function isCall(block: JsonValue): boolean {
  return isJsonObject(block) && block['type'] === 'tool_use'
}
