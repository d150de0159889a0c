import type { Operation } from '../call.ts'

/** Whether an operation has a canonical request, so that it can be translated. */
export function isGeneration(operation: Operation): boolean {
  return operation === 'chat' || operation === 'completions'
}
