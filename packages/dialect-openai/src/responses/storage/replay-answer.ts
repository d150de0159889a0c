import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { EventWriter } from '../event-writer.ts'
import { writeHostedItem } from '../hosted-events.ts'
import { writeStoredItem } from './replay-item.ts'

const terminals = new Set(['completed', 'incomplete', 'failed', 'cancelled'])

/** The stream of a stored answer once more, every text in one piece; only the events behind the number `after`. */
export function replayAnswer(answer: JsonObject, after: number): Uint8Array {
  const events = new EventWriter(after)
  const begun = { ...answer, status: 'in_progress', output: [], usage: null, error: null }
  const response = { ...begun, incomplete_details: null }
  events.event('response.created', { response })
  events.event('response.in_progress', { response })
  for (const [index, item] of itemsOf(answer['output']).entries()) {
    if (!writeStoredItem(events, index, item)) writeHostedItem(events, index, item)
  }
  const status = String(answer['status'])
  if (terminals.has(status)) events.event(`response.${status}`, { response: answer })
  return Buffer.from(events.take())
}

function itemsOf(output: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(output) ? output.filter(isJsonObject) : []
}
