import { isLegalName, makeLegalName, type NameRule } from './legal-name.ts'

/**
 * The id of a tool call as a protocol takes it: as it is where it is legal, else a readable part of it with a hash. The same id
 * always gives the same, so a call and its result need not know of each other.
 */
export function legalCallId(id: string, rule: NameRule): string {
  return isLegalName(id, rule) ? id : makeLegalName(id, rule)
}
