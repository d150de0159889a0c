import { allCommands } from '../../src/commands/all-commands.ts'
import { findCommand, nearNames } from '../../src/commands/find-command.ts'
import type { CommandRules, NameKind } from '../../src/text/find-commands.ts'

/** What the package's own commands make of names. */
export function rules(changes: Partial<CommandRules> = {}): CommandRules {
  const kindOf = (name: string): NameKind => {
    const command = findCommand(name, allCommands)
    if (command === undefined) return 'unknown'
    return command.takesValue === true ? 'value' : 'plain'
  }
  const nearKindOf = (name: string): NameKind => {
    const [near] = nearNames(name, allCommands)
    return near === undefined ? 'unknown' : kindOf(near)
  }
  return { prefixes: ['!/'], isStrict: false, kindOf, nearKindOf, ...changes }
}
