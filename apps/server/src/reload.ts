import { isGatewayError } from '@jackfield/core'
import type { Logger } from 'pino'
import type { BuiltServer } from './build-server.ts'
import { exposureWhileListening } from './config/exposure.ts'
import { type LoadedConfig, loadConfig } from './config/load.ts'
import { ConfigError, formatProblem, type Problem } from './config/problems.ts'
import { FileWatcher } from './config/watch.ts'
import { logWarnings } from './logging/log-warnings.ts'
import type { Program } from './program.ts'
import { waitingForRestart } from './restart-settings.ts'

/** Applies changed configurations until it is closed. */
export interface Reloader {
  /** Reads and applies the configuration now, or as soon as a reload that is under way has ended. */
  reload(): void
  /** Ends it: nothing is read or applied any more. */
  close(): void
}

/**
 * Applies the configuration again when its files change and when it is asked to: all or nothing, open calls untouched.
 * `started` is the configuration that the server was made with.
 */
export function startReloader(
  server: BuiltServer,
  context: { readonly program: Program; readonly started: LoadedConfig; readonly log: Logger },
): Reloader {
  const { program, started, log } = context
  let running: Promise<void> = Promise.resolve()
  let isWaiting = false
  let isClosed = false

  const applyFiles = async () => {
    isWaiting = false
    if (isClosed) return
    try {
      const next = await loadConfig(program)
      refuseDanger(next, started)
      await server.apply(next)
      watcher.replace(next.files)
      tell(next, started, log)
    } catch (error) {
      if (isClosed) return
      const problems = problemsOf(error)
      log.error({ problems }, 'configuration not applied; the previous one stays in effect')
    }
  }
  const reload = () => {
    if (isWaiting) return // whatever has changed, that reload will read it
    isWaiting = true
    running = running.then(applyFiles)
  }
  const watcher = new FileWatcher(started.files, {
    changed: reload,
    degraded: (error) =>
      log.warn({ err: error }, 'configuration files are compared every few seconds'),
  })
  return {
    reload,
    close() {
      isClosed = true
      watcher.close()
    },
  }
}

/** Refuses what a start would not, because the process goes on with the address that it has. */
function refuseDanger(next: LoadedConfig, started: LoadedConfig): void {
  const { config, backends } = next
  const problems: Problem[] = [
    ...exposureWhileListening({ host: started.config.host, config, backends }),
  ]
  if (started.file !== undefined && next.file === undefined) {
    problems.push({
      code: 'config_invalid',
      path: '',
      message: `the configuration file ${started.file} is gone`,
      fix: 'put it back, or restart the gateway to run without it',
    })
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

function tell(next: LoadedConfig, started: LoadedConfig, log: Logger): void {
  logWarnings(next, log)
  const settings = waitingForRestart(started.config, next.config)
  if (settings.length > 0) log.warn({ settings }, 'these settings take effect after a restart')
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem)
  if (isGatewayError(error)) return error.message.split('\n')
  return [error instanceof Error ? error.message : String(error)]
}
