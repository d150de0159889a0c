import { allCommands } from './commands/all-commands.ts'
import { withBackends } from './commands/choose-route.ts'
import { type CommandContext, CommandError } from './commands/command.ts'
import { findCommand, nearNames } from './commands/find-command.ts'
import type { SessionState } from './session/session-state.ts'
import type { Mistake } from './text/find-commands.ts'
import type { WrittenCommand } from './text/read-command.ts'

/** Commands of one message: more are no words of a person. */
const maxCommands = 50

/** What became of the commands of one message: all of them have worked, or none has done anything. */
export type Execution =
  | { readonly state: SessionState; readonly texts: readonly string[] }
  | { readonly failed: string }

/** Runs commands one after the other, each on what the one before left. */
export async function executeCommands(
  commands: readonly WrittenCommand[],
  context: Omit<CommandContext, 'commands'>,
): Promise<Execution> {
  if (commands.length > maxCommands) {
    return {
      failed: `A message may hold ${maxCommands} commands, and this one has ${commands.length}.`,
    }
  }
  let { state } = context
  const texts: string[] = []
  for (const { name, args } of commands) {
    const command = findCommand(name, allCommands)
    if (command === undefined) throw new TypeError('only known commands are executed')
    try {
      const result = await command.run(args, { ...context, state, commands: allCommands })
      if (result.state !== undefined) state = withBackends(result.state, context)
      texts.push(result.text)
    } catch (error) {
      if (error instanceof CommandError)
        return { failed: `${context.prefix}${command.name}: ${error.message}` }
      throw error
    }
  }
  return { state, texts }
}

/** Why something that looks like a command cannot be one, and what to write. */
export function describeMistake({ name, is }: Mistake, prefix: string): string {
  if (is === 'unclosed') return `"${prefix}${name}(" is not closed on its line.`
  if (is === 'bare') return `Write the value in parentheses: ${prefix}${name}(value).`
  const near = nearNames(name, allCommands).map((known) => prefix + known)
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  return `There is no command "${prefix}${name}".${meant} ${prefix}help lists them all.`
}
