import type { Logger } from 'pino'
import { banner } from '../banner.ts'
import { type BuiltServer, buildServer } from '../build-server.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { exampleModel } from '../example-model.ts'
import { listen } from '../listen.ts'
import { createLogger, isPretty } from '../logging/create-logger.ts'
import { KnownSecrets } from '../logging/known-secrets.ts'
import { logWarnings } from '../logging/log-warnings.ts'
import type { Program } from '../program.ts'
import { startReloader } from '../reload.ts'
import { shutdownOnSignal } from '../shutdown.ts'
import { catchStrayErrors } from '../stray-errors.ts'

/** Runs the gateway until a signal ends it. Resolves to the exit code. */
export async function serve(program: Program): Promise<number> {
  const { output, version } = program
  const startedOnTerminal = output.isTerminal
  const loaded = await loadConfig(program)
  const secrets = new KnownSecrets()
  const log = await createLogger(loaded.config.log, { output, secrets })
  const server = await buildServer(loaded, { log, version, secrets })
  const url = await listen(server.app, loaded.config)
  const reloader = startReloader(server, { program, started: loaded, log })
  const shutdown = shutdownOnSignal(server, { program, log, beforeClosing: () => reloader.close() })
  catchStrayErrors(server.gateway, { program, log, drain: () => shutdown.begin(1) })
  program.onSignal('SIGHUP', () => {
    // The window was closed: without this the gateway would live on where nobody sees it, and keep the port.
    if (startedOnTerminal && !output.isTerminal) shutdown.begin(0)
    else reloader.reload()
  })
  // Whoever stops it at once does not wait for the models that the greeting names.
  await Promise.race([greet(loaded, { server, url, program, log }), shutdown.ended])
  return await shutdown.ended
}

/** Says that the server is there: in words to a person at a terminal, in the log to everybody else. */
async function greet(
  loaded: LoadedConfig,
  context: {
    readonly server: BuiltServer
    readonly url: string
    readonly program: Program
    readonly log: Logger
  },
): Promise<void> {
  const { server, url, program, log } = context
  const { output, version, packages } = program
  const forPerson = output.isTerminal && isPretty(loaded.config.log.format, output)
  if (!forPerson) logWarnings(loaded, log)
  log.info({ url, version, backends: loaded.backends.map(({ name }) => name) }, 'listening')
  if (!forPerson) return
  const model = await exampleModel(server.gateway, loaded)
  program.print(banner(loaded, { version, url, model, installed: packages.installed }))
}
