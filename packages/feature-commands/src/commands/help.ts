import type { RoutableBackend } from '@jackfield/core'
import { chosenRoute } from './choose-route.ts'
import { type Command, type CommandContext, CommandError, onlyValue } from './command.ts'
import { findCommand } from './find-command.ts'
import { settingNames } from './settings.ts'

/** Characters of a session's identity that are shown. */
const shownLength = 8

/** `!/help`, `!/help(command)` */
export const help: Command = {
  name: 'help',
  description: 'Lists the commands, or explains one.',
  format: 'help or help(command)',
  examples: ['help', 'help(oneoff)'],
  run(args, { commands, prefix }) {
    const name = onlyValue(args, 'name', 'command')
    if (name === undefined) return { text: listOf(commands, prefix) }
    const command = findCommand(name, commands)
    if (command === undefined) throw new CommandError(`There is no command "${name}".`)
    return { text: explain(command, prefix) }
  },
}

/** `!/hello` */
export const hello: Command = {
  name: 'hello',
  description: 'Shows the session: what it has set, and which backends there are.',
  format: 'hello',
  examples: ['hello'],
  run(_args, context) {
    const { routing, principal, session, prefix } = context
    const backends = routing.backends(principal).map(describe)
    return {
      text: [
        `This is Jackfield, session ${session.slice(0, shownLength)}.`,
        `Backends: ${backends.join(', ') || 'none'}.`,
        ...chosen(context),
        `For the commands write ${prefix}help`,
      ].join('\n'),
    }
  },
}

function listOf(commands: readonly Command[], prefix: string): string {
  const lines = commands.map(
    ({ format, description }) => `${written(format, prefix)} - ${description}`,
  )
  return ['Commands:', ...lines, `Settings: ${settingNames.join(', ')}.`].join('\n')
}

/** How a command is written; some can be written in two ways. */
function written(format: string, prefix: string): string {
  return format
    .split(' or ')
    .map((form) => prefix + form)
    .join(' or ')
}

function explain(
  { name, aliases = [], description, format, examples }: Command,
  prefix: string,
): string {
  return [
    `${name} - ${description}`,
    `Format: ${written(format, prefix)}`,
    ...(aliases.length === 0 ? [] : [`Also: ${aliases.join(', ')}`]),
    `Examples: ${examples.map((example) => prefix + example).join('  ')}`,
  ].join('\n')
}

function chosen(context: CommandContext): readonly string[] {
  const { state } = context
  const route = chosenRoute(state, context)
  const parameters = Object.entries(state.parameters).map(([name, value]) => `${name}=${value}`)
  return [
    ...(route === undefined ? [] : [`Requests go to ${route}.`]),
    ...(state.oneOff === undefined ? [] : [`The next one goes to ${state.oneOff}.`]),
    ...(parameters.length === 0 ? [] : [`Set: ${parameters.join(', ')}.`]),
  ]
}

/** What a backend lists is said only where it is known. */
function describe({ name, targets, models }: RoutableBackend): string {
  const listed = models.length === 0 ? '' : `, ${count(models.length, 'model')}`
  return `${name} (${count(targets, 'target')}${listed})`
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
