import { type CallParameters, reasoningEfforts, verbosities } from '@jackfield/core'
import { type SessionState, without, withPrefix } from '../session/session-state.ts'
import { requireFreedom } from './check-selector.ts'
import { chooseBackend, chooseModel } from './choose-route.ts'
import { type Command, type CommandContext, CommandError, onlyValue } from './command.ts'

/** One thing that `set` and `unset` know. */
interface Setting {
  set(value: string, context: CommandContext): SessionState | Promise<SessionState>
  unset(context: CommandContext): SessionState
}

const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  [
    'backend',
    {
      set(value, context) {
        requireFreedom(context, 'The backend')
        return chooseBackend(value, context).state
      },
      unset: ({ state }) => without(state, 'backend'),
    },
  ],
  [
    'model',
    {
      async set(value, context) {
        requireFreedom(context, 'The model')
        return (await chooseModel(value, context)).state
      },
      unset: ({ state }) => without(state, 'model'),
    },
  ],
  ['temperature', parameter('temperature', (text) => decimal(text, 2))],
  ['top-p', parameter('topP', (text) => decimal(text, 1))],
  ['top-k', parameter('topK', whole)],
  ['max-output-tokens', parameter('maxOutputTokens', whole)],
  [
    'reasoning-effort',
    parameter('reasoningEffort', (text) =>
      oneOf(text === 'maximum' ? 'max' : text, reasoningEfforts),
    ),
  ],
  ['verbosity', parameter('verbosity', (text) => oneOf(text, verbosities))],
  [
    'command-prefix',
    {
      set: (value, { state }) => withPrefix(state, requirePrefix(value)),
      unset: ({ state }) => without(state, 'prefix'),
    },
  ],
])

/** Everything that `set` and `unset` take. */
export const settingNames: readonly string[] = [...settings.keys()]

/** `!/set(k=v, …)` */
export const set: Command = {
  name: 'set',
  description: `Sets values for later requests of this session: ${settingNames.join(', ')}.`,
  format: 'set(name=value, …)',
  takesValue: true,
  examples: ['set(temperature=0.2, reasoning-effort=high)', 'set(command-prefix=##)'],
  async run({ positional, named }, context) {
    if (positional.length > 0 || named.size === 0) {
      throw new CommandError('Write it as set(name=value, …).')
    }
    let { state } = context
    for (const [name, value] of named) {
      state = await find(name).set(value, { ...context, state })
    }
    const list = [...named].map(([name, value]) => `${name}=${value}`).join(', ')
    return { text: `Settings updated: ${list}.`, state }
  },
}

/** `!/unset(k, …)` */
export const unset: Command = {
  name: 'unset',
  description: 'Takes settings of this session back.',
  format: 'unset(name, …)',
  takesValue: true,
  examples: ['unset(temperature)', 'unset(backend, model)'],
  run({ positional, named }, context) {
    if (named.size > 0 || positional.length === 0) {
      throw new CommandError('Write it as unset(name, …).')
    }
    let { state } = context
    for (const name of positional) state = find(normal(name)).unset({ ...context, state })
    return { text: `Settings unset: ${positional.join(', ')}.`, state }
  },
}

/** `!/temperature(0.7)` */
export const temperature: Command = {
  name: 'temperature',
  description: 'Sets the sampling temperature for later requests of this session, from 0 to 2.',
  format: 'temperature(number)',
  takesValue: true,
  examples: ['temperature(0.7)', 'temperature()'],
  run(args, context) {
    const value = onlyValue(args, 'value', 'temperature')
    const { state } = context
    if (value === undefined) {
      return { text: 'Temperature unset.', state: find('temperature').unset(context) }
    }
    const parameters = { ...state.parameters, temperature: decimal(value, 2) }
    return { text: `Temperature set to ${value}.`, state: { ...state, parameters } }
  },
}

/** A command that sets what a preset says. */
export function presetCommand(name: string, aliases: readonly string[] = []): Command {
  return {
    name,
    aliases,
    description: `Sets how hard models think in later requests of this session: the preset "${name}".`,
    format: name,
    examples: [name],
    run(args, { state, presets }) {
      if (args.positional.length + args.named.size > 0) {
        throw new CommandError(`"${name}" takes no value.`)
      }
      const parameters = { ...state.parameters, ...presets[name] }
      return { text: `Reasoning mode set to ${name}.`, state: { ...state, parameters } }
    },
  }
}

/** A name as people may write it. */
export function normal(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}

/**
 * Whether a text can stand before commands: 2 to 10 printable ASCII characters of which none can be part of a name or an argument.
 * A character may stand twice (`##`): headings of Markdown have a space behind it.
 */
export function isPrefix(text: string): boolean {
  return /^[!#-&*+,./:;=?@[\]^_{|}~-]{2,10}$/.test(text)
}

function find(name: string): Setting {
  const setting = settings.get(name)
  if (setting !== undefined) return setting
  throw new CommandError(`There is no setting "${name}". Known are ${settingNames.join(', ')}.`)
}

function parameter<Name extends keyof CallParameters>(
  name: Name,
  read: (text: string) => CallParameters[Name],
): Setting {
  return {
    set: (value, { state }) => ({
      ...state,
      parameters: { ...state.parameters, [name]: read(value) },
    }),
    unset({ state }) {
      const { [name]: _, ...parameters } = state.parameters
      return { ...state, parameters }
    },
  }
}

function decimal(text: string, max: number): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value <= max) return value
  throw new CommandError(`"${text}" is no number from 0 to ${max}.`)
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CommandError(`"${text}" is no whole number from 1 on.`)
}

function oneOf<Word extends string>(text: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text)
  if (word !== undefined) return word
  throw new CommandError(`"${text}" is none of ${words.join(', ')}.`)
}

function requirePrefix(text: string): string {
  if (isPrefix(text)) return text
  throw new CommandError(
    `"${text}" cannot stand before commands. Use 2 to 10 signs without letters, digits, spaces, quotes, parentheses and "<".`,
  )
}
