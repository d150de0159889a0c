import { isGatewayError } from '@jackfield/core'
import type { Logger } from 'pino'
import type { BuiltServer } from './build-server.ts'
import { type LoadedConfig, loadConfig } from './config/load.ts'
import { ConfigError, formatProblem } from './config/problems.ts'
import { configSchema, type ServerConfig } from './config/schema.ts'
import { schemaNode } from './config/schema-node.ts'
import { FileWatcher } from './config/watch.ts'
import type { Program } from './program.ts'

/** Applies the configuration again when its files change and on SIGHUP: all or nothing, open calls untouched. */
export function reloadOnChange(
  server: BuiltServer,
  options: { readonly program: Program; readonly loaded: LoadedConfig; readonly log: Logger },
): { close(): void } {
  const { program, log } = options
  let { loaded } = options
  let running: Promise<void> = Promise.resolve()

  const reload = async () => {
    try {
      const next = await loadConfig(program)
      await server.apply(next)
      warnOfRestart(loaded.config, next.config, log)
      loaded = next
      watcher.replace(next.files)
    } catch (error) {
      log.error(
        { problems: problemsOf(error) },
        'configuration not applied; the previous one stays',
      )
    }
  }
  const queue = () => {
    running = running.then(reload)
  }
  const watcher = new FileWatcher(loaded.files, {
    changed: queue,
    degraded: (error) =>
      log.warn({ err: error }, 'configuration files are compared from time to time'),
  })
  program.onSignal('SIGHUP', queue)
  return { close: () => watcher.close() }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem)
  if (isGatewayError(error)) return error.message.split('\n')
  return [error instanceof Error ? error.message : String(error)]
}

function warnOfRestart(before: ServerConfig, after: ServerConfig, log: Logger): void {
  const settings = restartSettings.filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  if (settings.length > 0) log.warn({ settings }, 'these settings take effect after a restart')
}

const restartSettings = Object.entries(schemaNode(configSchema).properties ?? {})
  .filter(
    ([, schema]) =>
      schema.restart === true ||
      Object.values(schema.properties ?? {}).some(({ restart }) => restart),
  )
  .map(([name]) => name as keyof ServerConfig)
