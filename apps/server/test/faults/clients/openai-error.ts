import { isJsonObject, type JsonValue } from '@jackfield/core'
import type { WireError } from './client.ts'

/** OpenAI's error object. */
export function openaiError(error: JsonValue | undefined): WireError | undefined {
  if (!isJsonObject(error)) return undefined
  const { code, type, message } = error
  return { word: String(code ?? type), message: String(message) }
}
