import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type BuiltServer, buildServer } from '../../src/build-server.ts'
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts'
import { backendPackages } from '../../src/load-plugins.ts'

/** A gateway of the sources, listening on a free port of the loopback interface. */
export interface TestGateway {
  /** `http://127.0.0.1:port` */
  readonly url: string
  readonly server: BuiltServer
  /** Every log line so far, parsed. */
  readonly log: readonly LogLine[]
  /** Waits for the log line of the next call to end that no earlier wait has returned. */
  nextCall(): Promise<LogLine>
  close(): Promise<void>
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** The application whose dependencies are all our backends. */
const application = new URL('../../../jackfield/src/main.ts', import.meta.url)

/** Loads a configuration as the server does; `yaml` stands in for the file. */
export function loadTestConfig(
  yaml: string,
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly argv?: readonly string[]
  } = {},
): Promise<LoadedConfig> {
  const cwd = '/nowhere'
  return loadConfig({
    argv: ['--config', 'test.yaml', ...(options.argv ?? [])],
    env: options.env ?? {},
    cwd,
    packages: backendPackages([application]),
    readFile(path) {
      if (path === join(cwd, 'test.yaml')) return Buffer.from(yaml)
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    },
  })
}

/** Starts a gateway with this configuration; it is closed when the test ends. */
export async function startGateway(
  yaml: string,
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly argv?: readonly string[]
  } = {},
): Promise<TestGateway> {
  const gateway = await openGateway(yaml, options)
  onTestFinished(gateway.close)
  return gateway
}

/** Starts a gateway with this configuration. The caller closes it. */
export async function openGateway(
  yaml: string,
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly argv?: readonly string[]
  } = {},
): Promise<TestGateway> {
  const loaded = await loadTestConfig(yaml, options)
  const lines: LogLine[] = []
  const waiting: ((line: LogLine) => void)[] = []
  const ended: LogLine[] = []
  const log = pino(
    { level: 'debug' },
    {
      write(text: string) {
        const line: LogLine = JSON.parse(text)
        lines.push(line)
        if (line.msg !== 'call') return
        const waiter = waiting.shift()
        if (waiter === undefined) ended.push(line)
        else waiter(line)
      },
    },
  )
  const server = await buildServer(loaded, { log, version: '0.0.0-test' })
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const address = server.app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const close = () => server.app.close()
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    log: lines,
    nextCall() {
      const line = ended.shift()
      return line === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(line)
    },
    close,
  }
}
