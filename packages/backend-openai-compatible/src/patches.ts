import type { BodyPatch, CallHead } from '@jackfield/core'
import type { OpenAICompatibleDefinition } from './definition.ts'

/** Members in which clients of OpenAI's protocol ask for reasoning. */
export const reasoningMembers = ['reasoning_effort', 'reasoning'] as const

/**
 * The patches that make a chat request acceptable, in an order in which each sees what the one before left: renamed,
 * dropped, forced. With an `allow` list they depend on the request's own members.
 */
export function chatPatches(
  definition: OpenAICompatibleDefinition,
): readonly BodyPatch[] | ((head: CallHead) => readonly BodyPatch[]) {
  const { rename = {}, allow } = definition.parameters ?? {}
  const unasked = definition.reasoning?.ask === 'none' ? reasoningMembers : []
  const fixed: readonly BodyPatch[] = [
    ...Object.entries(rename).map(([name, to]) => ({ rename: name, to })),
    ...unasked.map((name) => ({ remove: name })),
    ...completionsPatches(definition),
  ]
  if (allow === undefined) return fixed
  const allowed = new Set([...allow, ...Object.keys(rename)])
  return ({ operation, document }) => {
    if (operation !== 'chat') return operation === 'completions' ? fixed : []
    const names = (document?.members ?? []).map(({ name }) => name)
    const others = names.filter((name) => !allowed.has(name))
    return [...others.map((name) => ({ remove: name })), ...fixed]
  }
}

/** What holds for text completions as well: their other parameters have names of their own. */
export function completionsPatches({
  parameters,
  include_usage = true,
}: OpenAICompatibleDefinition): readonly BodyPatch[] {
  const { drop = [], force = {} } = parameters ?? {}
  return [
    ...[...drop, ...(include_usage ? [] : ['stream_options'])].map((name) => ({ remove: name })),
    ...Object.entries(force).map(([name, value]) => ({ set: name, value })),
  ]
}
