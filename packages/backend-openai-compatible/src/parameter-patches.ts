import type { BodyPatch, CallHead } from '@jackfield/core'
import type { OpenAICompatibleDefinition } from './definition.ts'

type Parameters = NonNullable<OpenAICompatibleDefinition['parameters']>

/**
 * The patches that make a request acceptable, in an order in which each sees what the one before left: renamed, dropped,
 * forced. With an `allow` list they depend on the request's own members.
 */
export function parameterPatches(
  parameters: Parameters = {},
): readonly BodyPatch[] | ((head: CallHead) => readonly BodyPatch[]) {
  const { rename = {}, drop = [], force = {}, allow } = parameters
  const fixed: readonly BodyPatch[] = [
    ...Object.entries(rename).map(([name, to]) => ({ rename: name, to })),
    ...drop.map((name) => ({ remove: name })),
    ...Object.entries(force).map(([name, value]) => ({ set: name, value })),
  ]
  if (allow === undefined) return fixed
  const allowed = new Set([...allow, ...Object.keys(rename)])
  return ({ document }) => [
    ...(document?.members ?? [])
      .filter(({ name }) => !allowed.has(name))
      .map(({ name }) => ({ remove: name })),
    ...fixed,
  ]
}
