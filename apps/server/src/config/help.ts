import type { CommandFlag } from '../command-line.ts'
import { isSwitch } from './flags.ts'
import { type Setting, settings } from './settings.ts'

/** A command for the help text. */
export interface CommandHelp {
  readonly name: string
  readonly summary: string
  /** What stands behind it. */
  readonly word?: string
  /** Flags that only it has. */
  readonly flags?: readonly CommandFlag[]
}

const special: readonly (readonly [flags: string, summary: string])[] = [
  [
    '--config <file>',
    'Configuration file (CONFIG_FILE). Default: config/config.yaml, if it exists.',
  ],
  ['-h, --help', 'Show this text.'],
  ['-v, --version', 'Show the version.'],
]

/** The text of `--help`: commands, and the flags of the schema with their variables and defaults. */
export function helpText(program: string, commands: readonly CommandHelp[]): string {
  const flags = settings.filter((setting) => setting.flags.length > 0)
  return [
    `Usage: ${program} [command] [flags]`,
    '',
    'Commands:',
    ...table(commands.map((command) => [commandForm(command), command.summary])),
    '',
    ...commands.flatMap(ownFlags),
    'Flags:',
    ...table([
      ...special,
      ...flags.map((setting) => [flagForm(setting), flagHelp(setting)] as const),
    ]),
    '',
    'A flag stands above its environment variable, that above the file, and that above the default.',
    '',
  ].join('\n')
}

function table(rows: readonly (readonly [left: string, right: string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function commandForm({ name, word }: CommandHelp): string {
  return word === undefined ? name : `${name} [${word}]`
}

function ownFlags({ name, flags }: CommandHelp): readonly string[] {
  if (flags === undefined) return []
  const rows = flags.map(
    (flag) =>
      [
        flag.value === undefined ? flag.name : `${flag.name} <${flag.value}>`,
        flag.summary,
      ] as const,
  )
  return [`Flags of ${name}:`, ...table(rows), '']
}

function flagForm(setting: Setting): string {
  const names = setting.flags.join(', ')
  const name = setting.path.at(-1)?.replace(/s$/, '').replaceAll('_', '-')
  return isSwitch(setting) ? names : `${names} <${setting.schema.form ?? name}>`
}

function flagHelp({ schema, variables }: Setting): string {
  const [sentence = ''] = (schema.description ?? '')
    .replaceAll('`', '')
    .split(/(?<=[.:]) (?=[A-Z0-9])/)
  const choices = schema.enum === undefined ? '' : ` One of ${schema.enum.join(', ')}.`
  const standard = isShown(schema.default) ? ` Default: ${schema.default}.` : ''
  return `${sentence}${choices}${standard} (${variables[0]})`
}

function isShown(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
