import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../temporary-packages.ts'

/** The repository. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** What a process is started with. */
export interface ProcessOptions {
  readonly args?: readonly string[]
  /** The whole environment, besides `PATH`. */
  readonly env?: Readonly<Record<string, string>>
  /** Files of the working folder; objects are written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>
  /** The working folder. Default: an own one with `files`. */
  readonly cwd?: string
  /** The program and its first arguments. Default: `apps/jackfield` from its sources. */
  readonly command?: readonly [program: string, ...args: string[]]
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that has ended. */
export interface Finished extends Exit {
  readonly stdout: string
  readonly stderr: string
}

/** A line of the log. */
export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** A process that runs. It is killed when the test ends, should it still be there. */
export interface RunningProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly cwd: string
  /** Every line of standard output so far. */
  readonly lines: readonly string[]
  /** Everything that was written to standard error so far. */
  errors(): string
  /**
   * The first line of standard output that fits, from the past (line `from` and later) or to come. Rejects when the
   * process ends without it.
   */
  output(fits: (line: string) => boolean, from?: number): Promise<string>
  /** The same among the lines of the log. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>
  /** Every log line so far. Throws if a line is no JSON. */
  log(): readonly LogLine[]
  kill(signal: NodeJS.Signals): void
  readonly exited: Promise<Exit>
}

/** A gateway that listens. */
export interface RunningServer extends RunningProcess {
  readonly url: string
}

const sources: readonly [string, ...string[]] = [
  process.execPath,
  '--conditions=@jackfield/source',
  fileURLToPath(new URL('../../../jackfield/src/main.ts', import.meta.url)),
]

/** Starts a process. */
export function startProcess(options: ProcessOptions = {}): RunningProcess {
  const [program, ...first] = options.command ?? sources
  const cwd = options.cwd ?? temporaryFolder(options.files ?? {})
  const env = { PATH: process.env['PATH'] ?? '', ...options.env }
  const child = spawn(program, [...first, ...(options.args ?? [])], { cwd, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const check of waiting) check()
  })
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const output = (fits: (line: string) => boolean, from = 0) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        const found = lines.slice(from).find(fits)
        if (found === undefined) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
      void exited.then(({ code, signal }) =>
        reject(new Error(`ended with ${code ?? signal}: ${errors}\n${lines.join('\n')}`)),
      )
    })
  return {
    child,
    cwd,
    lines,
    errors: () => errors,
    log: () => lines.map(parsed),
    output,
    line: async (fits) => parsed(await output((line) => fits(parsed(line)))),
    kill: (signal) => void child.kill(signal),
    exited,
  }
}

function parsed(line: string): LogLine {
  return JSON.parse(line)
}

/** Starts a gateway and waits until it listens, on a free port unless told otherwise. */
export async function startServer(options: ProcessOptions = {}): Promise<RunningServer> {
  const running = startProcess({ ...options, args: ['--port', '0', ...(options.args ?? [])] })
  const { url } = await running.line(({ msg }) => msg === 'listening')
  return { ...running, url: String(url) }
}

/** Runs a process to its end. */
export async function runToEnd(options: ProcessOptions = {}): Promise<Finished> {
  const running = startProcess(options)
  const exit = await running.exited
  return { ...exit, stdout: running.lines.join('\n'), stderr: running.errors() }
}

/** Asks for a chat completion. */
export function chat(
  url: string,
  request: {
    readonly model?: string
    readonly stream?: boolean
    readonly headers?: Readonly<Record<string, string>>
    readonly content?: string
    readonly signal?: AbortSignal
  } = {},
): Promise<Response> {
  const { model = 'echo', stream = false, headers = {}, content = 'Hello', signal } = request
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content }] }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** What a model said in an answer that is not a stream. */
export async function textOf(response: Response): Promise<string> {
  const answer: {
    readonly choices: readonly { readonly message: { readonly content: string } }[]
  } = JSON.parse(await response.text())
  return answer.choices[0]?.message.content ?? ''
}
