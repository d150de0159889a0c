import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import type { DestinationStream } from 'pino'
import type { BackendPackages } from './config/backends.ts'
import type { Environment } from './config/environment.ts'
import type { LoadInput } from './config/load.ts'
import type { PackageRoots } from './installed-backends.ts'
import { backendPackages } from './load-plugins.ts'

/** Standard output. */
export interface Output {
  readonly stream: DestinationStream
  /** Whether a person may be reading: it is a terminal, and its window is still open. Asked anew each time. */
  readonly isTerminal: boolean
  /** Calls back once, when the process ends. */
  onEnd(listener: () => void): void
}

/** The process as commands see it, so that tests can be one. */
export interface Program extends LoadInput {
  /** What the command is called: `jackfield`. */
  readonly name: string
  readonly version: string
  readonly env: Environment
  readonly packages: BackendPackages
  readonly output: Output
  /** Everything from standard input. */
  readInput(): Promise<string>
  /** Writes what was asked for. */
  print(text: string): void
  /** Writes why something cannot be done. */
  complain(text: string): void
  onSignal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): void
  onStrayError(listener: (error: unknown) => void): void
  exitNow(code: number): never
}

/** The real process. Backends are found in the working folder first, then beside `app` (a file URL of the application). */
export function processProgram(app: URL, name: string): Program {
  const roots: PackageRoots = [process.cwd(), app]
  surviveLostReaders()
  return {
    name,
    version: ownVersion(),
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    packages: backendPackages(roots),
    output: {
      stream: process.stdout,
      get isTerminal() {
        return isatty(1)
      },
      onEnd: (listener) => void process.once('exit', listener),
    },
    readInput: async () => Buffer.concat(await process.stdin.toArray()).toString(),
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
    onSignal: (signal, listener) => void process.on(signal, listener),
    onStrayError(listener) {
      process.on('uncaughtException', listener)
      process.on('unhandledRejection', listener)
    },
    exitNow: (code) => process.exit(code),
  }
}

/** Whoever read the log or the answer of a command may go away: that is no reason to fail calls. */
function surviveLostReaders(): void {
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
}

function ownVersion(): string {
  const manifest: { readonly version: string } = createRequire(import.meta.url)('../package.json')
  return manifest.version
}
