import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchFailure } from '../failure.ts'

export interface ChildOptions {
  /** For messages: which child died. */
  readonly name: string
  readonly entry: string
  readonly args: readonly string[]
  readonly nodeFlags?: readonly string[]
  readonly core?: number
  /** Opens a control channel. Only for processes of ours; a gateway under test gets none. */
  readonly channel?: boolean
}

/** A process that the benchmark started. */
export interface Child {
  readonly name: string
  readonly pid: number
  readonly process: ChildProcess
}

const patienceMs = 3_000

/**
 * Starts processes and ends every one of them by its pid: in `endAll`, or when this process exits for whatever reason. A child that ends
 * unasked makes `failed` reject with the tail of what it wrote.
 */
export class Children {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'jackfield-bench-'))
  readonly failed: Promise<never>
  readonly #running = new Map<number, Child>()
  readonly #fail: (error: BenchFailure) => void
  readonly #killAll = () => this.#killNow()
  #started = 0

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => {})
    this.failed = promise
    this.#fail = reject
    process.on('exit', this.#killAll)
  }

  start(options: ChildOptions): Child {
    this.#started += 1
    const logFile = join(this.folder, `${this.#started}-${options.name}.log`)
    const log = openSync(logFile, 'w')
    const child = spawnNode(options, log, this.folder)
    closeSync(log)
    if (child.pid === undefined) throw new BenchFailure(`${options.name} could not be started`)

    const entry: Child = { name: options.name, pid: child.pid, process: child }
    this.#running.set(entry.pid, entry)
    child.once('error', (cause) => this.#fail(new BenchFailure(`${options.name}`, { cause })))
    child.once('exit', (code, signal) => {
      if (!this.#running.delete(entry.pid)) return
      this.#fail(
        new BenchFailure(
          `${options.name} ended by itself (${signal ?? `exit code ${code}`}). It wrote last:\n${readTail(logFile)}`,
        ),
      )
    })
    return entry
  }

  /** Asks a child to end and waits for it; after three seconds it is killed. */
  async end(child: Child): Promise<void> {
    if (!this.#running.delete(child.pid)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    child.process.once('exit', () => resolve())
    const kill = setTimeout(() => child.process.kill('SIGKILL'), patienceMs)
    child.process.kill('SIGTERM')
    await promise
    clearTimeout(kill)
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((child) => this.end(child)))
    process.off('exit', this.#killAll)
    rmSync(this.folder, { recursive: true, force: true })
  }

  #killNow(): void {
    for (const child of this.#running.values()) child.process.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** `taskset` replaces itself by the program, so that the pid is the program's own. */
function spawnNode(options: ChildOptions, log: number, cwd: string): ChildProcess {
  const command = [process.execPath, ...(options.nodeFlags ?? []), options.entry, ...options.args]
  const pinned = options.core === undefined ? [] : ['taskset', '-c', String(options.core)]
  const [file = process.execPath, ...args] = [...pinned, ...command]
  return spawn(file, args, {
    cwd,
    env: childEnvironment(),
    stdio: ['ignore', log, log, ...(options.channel === true ? (['ipc'] as const) : [])],
  })
}

/** Only what a program needs to run: a key or a setting of the gateway in this shell would change what is measured. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return {
    NODE_ENV: 'production',
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
  }
}

function readTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4_000)
  } catch {
    return '(nothing)'
  }
}
