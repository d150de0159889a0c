import { isJsonObject, type JsonObject } from '@jackfield/core'
import { leftoverOf } from '@jackfield/dialect-kit'

const messageMembers = new Set([
  ...['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'],
])

/** Members that are known when an answer ends, so that a stream tells them with its end. */
const endMembers = ['container', 'stop_details', 'context_management', 'input_transformations']

/** Members of a message without a canonical name that belong to its end. */
export function endRest(message: JsonObject): JsonObject {
  const rest = endMembers.map((name) => [name, message[name] ?? null] as const)
  return Object.fromEntries(rest.filter(([, value]) => value !== null))
}

/** The others. */
export function startRest(message: JsonObject): JsonObject | undefined {
  return leftoverOf(message, new Set([...messageMembers, ...endMembers]))
}

/** Why a model refused, in the provider's words: an empty answer alone tells a client of another protocol nothing. */
export function refusalText(end: JsonObject): string {
  const details = end['stop_details']
  const text = isJsonObject(details) ? details['explanation'] : undefined
  return typeof text === 'string' ? text : ''
}
