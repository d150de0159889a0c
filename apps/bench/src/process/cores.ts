import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseAllowedCores } from './proc-files.ts'

/** Where the processes run: the target alone on one core, upstream and driver together on another. */
export interface Cores {
  readonly target: number
  readonly load: number
}

/** Two cores that this process may use, or why nothing can be pinned. */
export function findCores(): Cores | { readonly unpinned: string } {
  const [target, load] = parseAllowedCores(readFileSync('/proc/self/status', 'utf8'))
  if (target === undefined || load === undefined) return { unpinned: 'fewer than two cores' }
  if (spawnSync('taskset', ['-V']).status !== 0) return { unpinned: 'no taskset' }
  return { target, load }
}

/** Moves this process and all its threads to one core. */
export function pinSelf(core: number): boolean {
  return spawnSync('taskset', ['-acp', String(core), String(process.pid)]).status === 0
}
