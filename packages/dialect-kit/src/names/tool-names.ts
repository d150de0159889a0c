import type { Tool } from '@jackfield/core'
import { isLegalName, makeLegalName, type NameRule } from './legal-name.ts'

/** Names of the tools of one request, as one protocol can write them. */
export interface ToolNames {
  /** The name to send for a client's name: of a tool, of a choice, or of a call in the history. Never the same for two names. */
  sent(name: string): string
  /** The client's names by those that were sent, where the two differ. Grows with `sent`: read it when the request is written. */
  readonly changes: ReadonlyMap<string, string> | undefined
}

/**
 * Names that a protocol refuses get a name that it takes, always the same one for the same name, so that prompts keep their prefix.
 * Legal names stay, also where an illegal one would have become the same.
 */
export function createToolNames(tools: readonly Tool[], rule: NameRule): ToolNames {
  const sentNames = new Map<string, string>()
  const changes = new Map<string, string>()
  const taken = new Set<string>()
  const settle = (name: string, sent: string) => {
    sentNames.set(name, sent)
    taken.add(sent)
    if (sent !== name) changes.set(sent, name)
    return sent
  }
  const choose = (name: string) => {
    if (isLegalName(name, rule) && !taken.has(name)) return settle(name, name)
    let round = 0
    let sent = makeLegalName(name, rule)
    while (taken.has(sent)) {
      round += 1
      sent = makeLegalName(name, rule, round)
    }
    return settle(name, sent)
  }
  const names = tools.flatMap((tool) => (tool.type === 'provider' ? [] : [tool.name]))
  for (const name of names) if (isLegalName(name, rule) && !taken.has(name)) settle(name, name)
  return {
    sent: (name) => sentNames.get(name) ?? choose(name),
    get changes() {
      return changes.size === 0 ? undefined : changes
    },
  }
}
