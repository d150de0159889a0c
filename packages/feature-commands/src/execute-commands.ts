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

/** Mistakes that are explained; whoever makes more begins with these. */
const maxMistakes = 5

/** Characters of a name that are repeated. */
const maxName = 64

/** Why what looks like commands cannot be any, and what to write. */
export function describeMistakes(mistakes: readonly Mistake[], prefix: string): string {
  const texts = new Set<string>()
  for (const mistake of mistakes) {
    texts.add(describeMistake(mistake, prefix))
    if (texts.size === maxMistakes) break
  }
  return [...texts].join('\n')
}

function describeMistake({ name: written, is }: Mistake, prefix: string): string {
  const name = written.length > maxName ? `${written.slice(0, maxName)}…` : written
  if (is === 'unclosed') return `"${prefix}${name}(" is not closed on its line.`
  if (is === 'bare') return `Write the value in parentheses: ${prefix}${name}(value).`
  const near = nearNames(written, allCommands).map((known) => prefix + known)
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  return `There is no command "${prefix}${name}".${meant} ${prefix}help lists them all.`
}
