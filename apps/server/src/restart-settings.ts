import type { ServerConfig } from './config/schema.ts'
import { settingPath, settings } from './config/settings.ts'

const needRestart = settings.filter(({ schema }) => schema.restart === true)

/** The settings that another configuration gives and that only a restart can bring into effect. */
export function waitingForRestart(started: ServerConfig, wanted: ServerConfig): readonly string[] {
  return needRestart
    .filter(({ path }) => valueAt(started, path) !== valueAt(wanted, path))
    .map(settingPath)
}

function valueAt(config: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? memberOf(value, name) : undefined,
    config,
  )
}

function memberOf(value: object, name: string): unknown {
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
