import { type CommandFlag, splitCommandLine } from './command-line.ts'
import { explainFlags } from './commands/explain-flags.ts'
import { createCollector } from './config/collector.ts'
import { readFlags } from './config/flags.ts'
import { helpText } from './config/help.ts'
import { nearestName, quoteName } from './config/names.ts'
import { describeFailure } from './describe-failure.ts'
import { type Program, processProgram } from './program.ts'

/** What of a command line is a command's own. */
export interface CommandArguments {
  readonly flags: ReadonlyMap<string, string>
  /** The word behind the command. */
  readonly word?: string
}

interface Command {
  readonly name: string
  readonly summary: string
  /** What stands behind it; absent: nothing. */
  readonly word?: string
  readonly flags?: readonly CommandFlag[]
  /** Loads its code, of which no other command needs to load anything. */
  load(): Promise<(program: Program, own: CommandArguments) => Promise<number>>
}

const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'Run the gateway (default).',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'check-config',
    summary: 'Print the effective configuration and where each value came from.',
    load: async () => (await import('./commands/check-config.ts')).checkConfig,
  },
  {
    name: 'list-backends',
    summary: 'Print the installed backends and what each needs.',
    load: async () => (await import('./commands/list-backends.ts')).listBackends,
  },
  {
    name: 'explain',
    summary: 'Ask the running gateway where a request for a model would go, and why.',
    word: 'model',
    flags: explainFlags,
    load: async () => (await import('./commands/explain.ts')).explain,
  },
]

/** `EX_USAGE` of `sysexits.h`. */
const usageError = 64

/** Milliseconds that output may take to drain after the end. */
const lingerMs = 1_000

/**
 * Runs a command line to its end and resolves to the exit code: 0, 1 for a failure, 64 for a command line that means nothing, 69 where
 * no gateway can be asked, 78 for a configuration that cannot be used.
 */
export async function runCommand(program: Program): Promise<number> {
  const { words, help, version } = readFlags(
    withoutOwnFlags(program.argv),
    createCollector().shaping,
  )
  if (help) {
    program.print(helpText(program.name, commands))
    return 0
  }
  if (version) {
    program.print(program.version)
    return 0
  }
  const [name = 'serve', ...more] = words
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    program.complain(unknownCommand(name, program.name))
    return usageError
  }
  const { flags, rest, incomplete } = splitCommandLine(program.argv, command.flags ?? [])
  const problem = usageProblem(command, more, incomplete)
  if (problem !== undefined) {
    program.complain(`${problem} See ${program.name} --help.`)
    return usageError
  }
  try {
    const run = await command.load()
    const [word] = more
    return await run({ ...program, argv: rest }, { flags, ...(word === undefined ? {} : { word }) })
  } catch (error) {
    const { text, exitCode } = describeFailure(error)
    program.complain(text)
    return exitCode
  }
}

/** The command line without what only one command understands. */
function withoutOwnFlags(argv: readonly string[]): readonly string[] {
  return splitCommandLine(
    argv,
    commands.flatMap(({ flags = [] }) => flags),
  ).rest
}

function usageProblem(
  { name, word }: Command,
  words: readonly string[],
  incomplete: readonly string[],
): string | undefined {
  const [flag] = incomplete
  if (flag !== undefined) return `${flag} needs a value: write ${flag}=….`
  if (words.length > 1) return `"${name}" takes one word only.`
  return words.length > 0 && word === undefined ? `"${name}" takes no further word.` : undefined
}

/** Runs the process's command line. `app`: URL of a file of the application, whose dependencies are the backends. */
export async function run(app: string | URL, name: string): Promise<void> {
  process.exitCode = await runCommand(processProgram(new URL(app), name))
  // Whatever a backend has left open must not keep the process.
  setTimeout(() => process.exit(), lingerMs).unref()
}

function unknownCommand(word: string, program: string): string {
  const names = commands.map(({ name }) => name)
  const near = nearestName(word, names)
  const shown = near === undefined ? quoteName(word) : `"${word}"`
  const hint =
    near === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean "${near}"?`
  return `There is no command ${shown}. ${hint} See ${program} --help.`
}
