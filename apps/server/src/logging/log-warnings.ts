import type { Logger } from 'pino'
import type { LoadedConfig } from '../config/load.ts'
import { formatProblem } from '../config/problems.ts'

/** One line for each thing in a configuration that is odd, with its place and what to do. */
export function logWarnings({ warnings }: Pick<LoadedConfig, 'warnings'>, log: Logger): void {
  for (const warning of warnings)
    log.warn({ warning: formatProblem(warning) }, 'configuration warning')
}
