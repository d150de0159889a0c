import { GatewayError, isJsonObject, type JsonObject, type SseEvent } from '@jackfield/core'
import { parseJson } from '../json-text.ts'

/**
 * The object that an event holds; `undefined` where there is none, as in the `[DONE]` of OpenAI that other makers' servers took over.
 * An event that the end of the stream cut off is no error by itself.
 *
 * @throws GatewayError `upstream_invalid_response` where the event is not valid JSON.
 */
export function eventObject({ data, unterminated }: SseEvent): JsonObject | undefined {
  const text = data.trim()
  if (text === '' || text === '[DONE]') return undefined
  const value = parseJson(text)
  if (value === undefined && unterminated !== true) {
    throw new GatewayError(
      'upstream_invalid_response',
      'An event of the provider’s stream is not valid JSON.',
    )
  }
  return isJsonObject(value) ? value : undefined
}
