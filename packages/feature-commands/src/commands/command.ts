import type { CallParameters, Principal, RoutingInspector } from '@jackfield/core'
import type { SessionState } from '../session/session-state.ts'

/** What stands between the parentheses of a command. */
export interface Arguments {
  readonly positional: readonly string[]
  /** By lower-case name, with `-` for `_`; of several values of one name the last. */
  readonly named: ReadonlyMap<string, string>
}

/** What a command may look at. */
export interface CommandContext {
  readonly state: SessionState
  readonly principal: Principal
  /** Identity of the session. */
  readonly session: string
  readonly routing: RoutingInspector
  /** What stands before commands in this session. */
  readonly prefix: string
  /** Names of the presets for reasoning, and what they set. */
  readonly presets: Readonly<Record<string, CallParameters>>
  /** All commands, for those that explain the others. */
  readonly commands: readonly Command[]
}

/** What became of a command. */
export interface CommandResult {
  /** What the person is told. */
  readonly text: string
  /** The state from now on; absent: unchanged. */
  readonly state?: SessionState
}

/** What is wrong with a command, in words for the person who wrote it. Nothing is changed then. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** One command. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** It says something only with a value: without parentheses it is one only where nothing else can be meant. */
  readonly takesValue?: boolean
  /** One sentence. */
  readonly description: string
  /** How it is written, without prefix. */
  readonly format: string
  /** Without prefix. */
  readonly examples: readonly string[]
  /** Throws, or rejects with, {@link CommandError}. */
  run(args: Arguments, context: CommandContext): CommandResult | Promise<CommandResult>
}

/** The one value that a command takes, positional or under one of these names; `undefined` where there is none. */
export function onlyValue(
  { positional, named }: Arguments,
  ...names: readonly string[]
): string | undefined {
  const unknown = [...named.keys()].find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new CommandError(`There is no argument "${unknown}". Write the value alone.`)
  }
  const values = [...positional, ...named.values()]
  if (values.length > 1) throw new CommandError('This command takes one value.')
  return values[0] === '' ? undefined : values[0]
}

/** A named value that a command cannot do without; `place`: where it may stand without its name. */
export function requireValue(
  { positional, named }: Arguments,
  name: string,
  place?: number,
): string {
  const value = named.get(name) ?? (place === undefined ? undefined : positional[place])
  if (value !== undefined && value !== '') return value
  throw new CommandError(`The argument "${name}" is missing.`)
}
