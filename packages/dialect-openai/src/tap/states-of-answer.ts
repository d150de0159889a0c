import { isJsonObject, type JsonObject, type JsonValue, type OpaqueState } from '@jackfield/core'
import { opaqueStrings } from '../state/opaque-strings.ts'

/** State in an answer or in a chunk of one: of its choices' messages or deltas, and of their tool calls. */
export function statesOfAnswer({ choices }: JsonObject): readonly OpaqueState[] {
  return objectsIn(choices).flatMap((choice) => {
    const message = choice['delta'] ?? choice['message']
    if (!isJsonObject(message)) return []
    return [...opaqueStrings(message), ...objectsIn(message['tool_calls']).flatMap(opaqueStrings)]
  })
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
