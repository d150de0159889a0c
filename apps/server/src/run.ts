import { checkConfig } from './commands/check-config.ts'
import { listBackends } from './commands/list-backends.ts'
import { describeFailure, serve } from './commands/serve.ts'
import { createCollector } from './config/collector.ts'
import { readFlags } from './config/flags.ts'
import { helpText } from './config/help.ts'
import { nearestName } from './config/names.ts'
import { type Program, processProgram } from './program.ts'

interface Command {
  readonly name: string
  readonly summary: string
  run(program: Program): Promise<number>
}

const commands: readonly Command[] = [
  { name: 'serve', summary: 'Run the gateway (default).', run: serve },
  {
    name: 'check-config',
    summary: 'Print the effective configuration and where each value came from.',
    run: checkConfig,
  },
  {
    name: 'list-backends',
    summary: 'Print the installed backends and what each needs.',
    run: listBackends,
  },
]

/** Milliseconds that output may take to drain after the end. */
const lingerMs = 1_000

/**
 * Runs a command line to its end and resolves to the exit code: 0, 1 for a failure, 78 for a configuration that cannot
 * be used.
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
  const [word = 'serve', ...rest] = words
  const command = commands.find(({ name }) => name === word)
  if (command === undefined || rest.length > 0) {
    program.complain(unknownCommand(command === undefined ? word : (rest[0] ?? ''), program.name))
    return 64
  }
  try {
    return await command.run(program)
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
  const near = nearestName(
    word,
    commands.map(({ name }) => name),
  )
  const hint = near === undefined ? `See ${program} --help.` : `Did you mean "${near}"?`
  return `There is no command "${word.slice(0, 60)}". ${hint}`
}
