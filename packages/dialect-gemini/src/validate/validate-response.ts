import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { decodeText, isInteger, parseJson, type Report } from '@jackfield/dialect-kit'
import { checkChunk, checkError } from './chunk-rules.ts'

/** Problems of a whole answer, of whichever operation it is, or of an error. */
export function validateResponse(body: Uint8Array): readonly string[] {
  const violations: string[] = []
  const report: Report = (text) => violations.push(text)
  const value = parseJson(decodeText(body))
  const answer = isErrorList(value) ? value[0] : value
  if (!isJsonObject(answer)) return ['the answer is not a JSON object']
  checkAnswer(answer, report)
  return violations
}

/** Errors of streams without `alt=sse` are in an array. */
function isErrorList(value: JsonValue | undefined): value is readonly JsonValue[] {
  if (!Array.isArray(value) || value.length !== 1) return false
  const [first] = value
  return isJsonObject(first) && first['error'] !== undefined
}

function checkAnswer(answer: JsonObject, report: Report): void {
  const { error, embedding, embeddings, totalTokens: total } = answer
  if (error !== undefined) checkError(error, report)
  else if (embedding !== undefined) checkVector(embedding, report)
  else if (embeddings !== undefined) checkVectors(embeddings, report)
  else if (total !== undefined) {
    if (!isInteger(total) || total < 0) report('`totalTokens` is no count')
  } else if (checkChunk(answer, report) === 'content') report('the answer has no finish reason')
}

function checkVectors(embeddings: JsonValue, report: Report): void {
  if (Array.isArray(embeddings)) for (const item of embeddings) checkVector(item, report)
  else report('`embeddings` is no list')
}

function checkVector(embedding: JsonValue, report: Report): void {
  const values = isJsonObject(embedding) ? embedding['values'] : undefined
  const isVector =
    Array.isArray(values) && values.length > 0 && values.every((n) => typeof n === 'number')
  if (!isVector) report('an embedding has no `values`')
}
