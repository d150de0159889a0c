import { isJsonObject, type JsonObject, type SseEvent } from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'

/** The object that an event holds. */
export function payloadOf({ data }: SseEvent): JsonObject | undefined {
  const value = parseJson(data.trim())
  return isJsonObject(value) ? value : undefined
}
