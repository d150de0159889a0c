import { isJsonObject, type JsonObject } from '@jackfield/core'
import { decodeText, isInteger, parseJson, type Report } from '@jackfield/dialect-kit'
import { checkError } from '../../validate/shape.ts'
import { checkResponse } from './response-rules.ts'

/**
 * Problems of a whole answer, be it a response, a count of tokens, a list of items, a deletion or an error. Empty for a legal one.
 */
export function validateResponsesBody(body: Uint8Array): readonly string[] {
  const problems: string[] = []
  const report: Report = (problem) => problems.push(problem)
  const answer = parseJson(decodeText(body))
  if (!isJsonObject(answer)) report('the body is not a JSON object')
  else check(answer, report)
  return problems
}

function check(answer: JsonObject, report: Report): void {
  const { object, error, input_tokens: tokens, data } = answer
  if (object === undefined && error !== undefined) checkError(error, report)
  else if (object === 'response.input_tokens') {
    if (!isInteger(tokens) || tokens < 0) report('`input_tokens` is no count')
  } else if (object === 'list') {
    if (!Array.isArray(data)) report('`data` is no list')
    if (typeof answer['has_more'] !== 'boolean') report('`has_more` is missing')
  } else if (answer['deleted'] !== true) checkResponse(answer, report)
}
