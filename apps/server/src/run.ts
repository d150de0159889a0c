import { createCollector } from './config/collector.ts'
import { readFlags } from './config/flags.ts'
import { helpText } from './config/help.ts'
import { nearestName, quoteName } from './config/names.ts'
import { describeFailure } from './describe-failure.ts'
import { type Program, processProgram } from './program.ts'

interface Command {
  readonly name: string
  readonly summary: string
  /** Loads its code, of which no other command needs to load anything. */
  load(): Promise<(program: Program) => Promise<number>>
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
]

/** `EX_USAGE` of `sysexits.h`. */
const usageError = 64

/** Milliseconds that output may take to drain after the end. */
const lingerMs = 1_000

/**
 * Runs a command line to its end and resolves to the exit code: 0, 1 for a failure, 64 for a command that does not exist,
 * 78 for a configuration that cannot be used.
 */
export async function runCommand(program: Program): Promise<number> {
  const { words, help, version } = readFlags(program.argv, createCollector().shaping)
  if (help) {
    program.print(helpText(program.name, commands))
    return 0
  }
  if (version) {
    program.print(program.version)
    return 0
  }
  const [word = 'serve', extra] = words
  const command = commands.find(({ name }) => name === word)
  if (command === undefined) {
    program.complain(unknownCommand(word, program.name))
    return usageError
  }
  if (extra !== undefined) {
    program.complain(`"${word}" takes no further word. See ${program.name} --help.`)
    return usageError
  }
  try {
    const run = await command.load()
    return await run(program)
  } catch (error) {
    const { text, exitCode } = describeFailure(error)
    program.complain(text)
    return exitCode
  }
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
