import type { BodyPatch } from './edit.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

/** Applies patches, in order, to the object of a translated request. */
export function patchObject(body: JsonObject, patches: readonly BodyPatch[]): JsonObject {
  if (patches.length === 0) return body
  const members = new Map<string, JsonValue>(Object.entries(body))
  for (const patch of patches) applyPatch(members, patch)
  return Object.fromEntries(members)
}

function applyPatch(members: Map<string, JsonValue>, patch: BodyPatch): void {
  if ('remove' in patch) {
    members.delete(patch.remove)
    return
  }
  if ('set' in patch) {
    if (patch.when === 'absent' && members.has(patch.set)) return
    members.set(patch.set, patch.value)
    return
  }
  const value = members.get(patch.rename)
  if (value === undefined) return
  members.delete(patch.rename)
  members.set(patch.to, value)
}
