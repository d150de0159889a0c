import type { Surface } from '@jackfield/kit'
import type { OpenAICompatibleDefinition } from './definition.ts'
import { reasoningMembers } from './patches.ts'

/**
 * Which chat requests may travel as the client's bytes: all but those that ask for reasoning in words that the provider does not
 * know. They are few, so that reading the two members costs the others next to nothing.
 */
export function mayForward({
  forward = true,
  reasoning,
}: OpenAICompatibleDefinition): Surface['forwards'] {
  const ask = reasoning?.ask ?? 'reasoning_effort'
  if (!forward || typeof ask === 'function') return false
  if (ask === 'none' || ask === 'reasoning_effort') return true
  const foreign = reasoningMembers.filter((name) => name !== ask)
  return (_head, call) => foreign.every((name) => call.field(name) === undefined)
}
