import { onTestFinished } from 'vitest'
import { backendPackages } from '../../src/load-plugins.ts'
import type { Program } from '../../src/program.ts'
import { runCommand } from '../../src/run.ts'
import { temporaryFolder } from '../temporary-packages.ts'

type SignalName = Parameters<Program['onSignal']>[0]

/** What a test's program is made of. */
export interface TestProgramOptions {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files of the working folder; objects are written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>
  readonly isTerminal?: boolean
  /** Standard input. */
  readonly input?: string
}

/** A process that is not one: its streams are texts, its signals are calls. */
export interface TestProgram {
  readonly program: Program
  /** Everything written to standard output. */
  printed(): string
  /** Everything written to standard error. */
  complained(): string
  /** The text written to standard output that fits, the first one or the nth, from the past or to come. */
  output(fits: (text: string) => boolean, nth?: number): Promise<string>
  signal(name: SignalName): void
  stray(error: unknown): void
  /** The terminal's window is closed. */
  closeTerminal(): void
  /** The process ends. */
  end(): void
  /** Codes that it was told to exit with at once. */
  readonly exits: readonly number[]
}

/** The application whose dependencies are all our backends. */
const application = new URL('../../../jackfield/src/main.ts', import.meta.url)

export function createTestProgram(options: TestProgramOptions = {}): TestProgram {
  const cwd = temporaryFolder(options.files ?? {})
  const texts: string[] = []
  const complaints: string[] = []
  const exits: number[] = []
  const atEnd: (() => void)[] = []
  const waiting = new Set<() => void>()
  const listeners = new Map<SignalName | 'stray', ((error?: unknown) => void)[]>()
  let isTerminal = options.isTerminal ?? false
  const write = (text: string) => {
    // Lines of the log may come together.
    if (text.startsWith('{')) texts.push(...text.split(/(?<=\n)/))
    else texts.push(text)
    for (const check of waiting) check()
  }
  const listen = (name: SignalName | 'stray', listener: (error?: unknown) => void) =>
    void listeners.set(name, [...(listeners.get(name) ?? []), listener])
  const call = (name: SignalName | 'stray', error?: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(error)
  }
  return {
    program: {
      name: 'jackfield',
      version: '1.2.3',
      argv: options.argv ?? [],
      env: options.env ?? {},
      cwd,
      packages: backendPackages([cwd, application]),
      output: {
        stream: { write },
        get isTerminal() {
          return isTerminal
        },
        onEnd: (listener) => void atEnd.push(listener),
      },
      readInput: async () => options.input ?? '',
      print: (text) => write(`${text}\n`),
      complain: (text) => void complaints.push(`${text}\n`),
      onSignal: listen,
      onStrayError: (listener) => listen('stray', listener),
      exitNow(code) {
        exits.push(code)
        throw new Error(`exited with ${code}`)
      },
    },
    printed: () => texts.join(''),
    complained: () => complaints.join(''),
    output: (fits, nth = 1) =>
      new Promise((resolve) => {
        const check = () => {
          const found = texts.filter(fits)[nth - 1]
          if (found === undefined) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
    signal: (name) => call(name),
    stray: (error) => call('stray', error),
    closeTerminal() {
      isTerminal = false
    },
    end() {
      for (const listener of atEnd.splice(0)) listener()
    },
    exits,
  }
}

/** A command that has ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export async function runToEnd(options: TestProgramOptions): Promise<Ended> {
  const test = createTestProgram(options)
  const code = await runCommand(test.program)
  test.end()
  return { code, stdout: test.printed(), stderr: test.complained() }
}

/** A gateway that runs in this process. */
export interface ServingProgram extends TestProgram {
  readonly url: string
  /** The exit code. */
  readonly ended: Promise<number>
}

/** Runs `serve` on a free port and waits until it listens. It is ended with the test. */
export async function startServing(options: TestProgramOptions = {}): Promise<ServingProgram> {
  const test = createTestProgram({ ...options, argv: ['--port', '0', ...(options.argv ?? [])] })
  const ended = runCommand(test.program).finally(() => test.end())
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  onTestFinished(async () => {
    if (!isOver) test.signal('SIGTERM')
    await ended
  })
  const failed = ended.then((code) => {
    throw new Error(`ended with ${code}: ${test.complained()}`)
  })
  const line = await Promise.race([test.output((text) => text.includes('listening')), failed])
  failed.catch(() => {})
  const url = /http:\/\/[^"\s]+:\d+/.exec(line)?.[0]
  if (url === undefined) throw new Error(`no address in ${line}`)
  return { ...test, url, ended }
}
