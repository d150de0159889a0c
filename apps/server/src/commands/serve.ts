import type { AddressInfo } from 'node:net'
import { isGatewayError } from '@jackfield/core'
import type { Logger } from 'pino'
import { banner } from '../banner.ts'
import { type BuiltServer, buildServer } from '../build-server.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { createLogger } from '../logging/create-logger.ts'
import type { Program } from '../program.ts'
import { reloadOnChange } from '../reload.ts'
import { catchStrayErrors } from '../stray-errors.ts'

/** Milliseconds that the start waits for a model to name in its example. */
const modelPatience = 1_000

/** Runs the gateway until a signal ends it. Resolves to the exit code. */
export async function serve(program: Program): Promise<number> {
  const { output } = program
  const loaded = await loadConfig(program)
  const log = createLogger(loaded.config.log, output)
  const server = await buildServer(loaded, { log, version: program.version })
  const url = await listen(server, loaded)
  const stopped = untilStopped(server, { program, log })
  const reload = reloadOnChange(server, { program, loaded, log })
  greet(loaded, { server, url, program, log })
  const code = await stopped
  reload.close()
  return code
}

async function listen({ app }: BuiltServer, { config }: LoadedConfig): Promise<string> {
  const { host, port } = config
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new ListenError(host, port, error)
  }
  const address = app.server.address() as AddressInfo
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`
}

/** The port cannot be listened on. The process exits with 1. */
export class ListenError extends Error {
  readonly exitCode = 1

  constructor(host: string, port: number, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code
    super(`Cannot listen on ${host} port ${port}: ${adviceFor(code, cause)}`, { cause })
    this.name = 'ListenError'
  }
}

function adviceFor(code: string | undefined, cause: unknown): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses it. Stop that program, or choose another port with --port.'
    case 'EACCES':
      return 'this user may not use it. Choose a port above 1023 with --port.'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address. Check --host.'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}

/** Resolves to the exit code after the first signal and the end of open calls. A second signal exits at once. */
function untilStopped(
  server: BuiltServer,
  { program, log }: { readonly program: Program; readonly log: Logger },
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  let stopping = false
  const stop = (exitCode: number) => {
    stopping = true
    server.app.close().then(
      () => resolve(exitCode),
      (error: unknown) => {
        log.error({ err: error }, 'shutdown failed')
        resolve(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    program.onSignal(signal, () => {
      if (stopping) program.exitNow(signal === 'SIGINT' ? 130 : 143)
      const openCalls = server.gateway.health().openCalls
      log.info({ signal, openCalls }, 'stopping; a second signal stops at once')
      stop(0)
    })
  }
  catchStrayErrors(server.gateway, {
    program,
    log,
    drain: () => {
      if (!stopping) stop(1)
    },
  })
  return promise
}

function greet(
  loaded: LoadedConfig,
  context: {
    readonly server: BuiltServer
    readonly url: string
    readonly program: Program
    readonly log: Logger
  },
): void {
  const { server, url, program, log } = context
  for (const { message, fix, path } of loaded.warnings) log.warn({ path, fix }, message)
  log.info({ url, backends: loaded.backends.map(({ name }) => name) }, 'listening')
  const { format } = loaded.config.log
  if (format === 'json' || (format === 'auto' && !program.output.isTerminal)) return
  void exampleModel(server, loaded).then((model) =>
    program.print(banner(loaded, { version: program.version, url, model })),
  )
}

/** A model that exists, for the line to paste: of the default backend, else of any. */
async function exampleModel(
  { gateway }: BuiltServer,
  { config, backends }: LoadedConfig,
): Promise<string> {
  const chosen = config.default_backend
  if (chosen?.includes(':') === true) return chosen
  const listed = await Promise.race([
    gateway.models({ id: 'start', name: 'start' }),
    new Promise<readonly never[]>((resolve) => setTimeout(resolve, modelPatience, []).unref()),
  ])
  const found = listed.find(({ ownedBy }) => ownedBy === chosen) ?? listed[0]
  return found?.id ?? `${chosen ?? backends[0]?.name ?? 'backend'}:model`
}

/** What an error that ends the start says, and its exit code. */
export function describeFailure(error: unknown): {
  readonly text: string
  readonly exitCode: number
} {
  if (error instanceof ConfigError || error instanceof ListenError) {
    return { text: error.message, exitCode: error.exitCode }
  }
  if (
    isGatewayError(error) &&
    (error.code === 'config_invalid' || error.code === 'plugin_incompatible')
  ) {
    return { text: error.message, exitCode: 78 }
  }
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    exitCode: 1,
  }
}
