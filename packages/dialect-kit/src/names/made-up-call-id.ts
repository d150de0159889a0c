import { randomUUID } from 'node:crypto'
import type { JsonValue } from '@jackfield/core'

/**
 * Names calls that a provider sent without an id. The names come from the answer's own id, or its time, so that the same
 * answer always gives the same; they must differ from turn to turn, because results are linked by them in long histories.
 * Only an answer that has neither gets random ones.
 */
export function madeUpCallId(
  id: JsonValue | undefined,
  created: JsonValue | undefined,
): (index: number) => string {
  let seed = seedOf(id, created)
  return (index) => {
    seed ??= randomUUID()
    return `call_${seed}_${index}`
  }
}

/** Short, because some protocols take 64 characters, and made of what all of them take. */
function seedOf(id: JsonValue | undefined, created: JsonValue | undefined): string | undefined {
  if (typeof id === 'string' && id !== '') return id.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(-40)
  return typeof created === 'number' && created > 0 ? String(created) : undefined
}
