import type { Gateway } from '@jackfield/core'
import type { Logger } from 'pino'
import type { Program } from './program.ts'

/**
 * Exceptions and rejections that nobody caught: a backend's are blamed on it and end that call only; all others drain
 * the process, so that a supervisor starts a fresh one.
 */
export function catchStrayErrors(
  gateway: Gateway,
  options: { readonly program: Program; readonly log: Logger; readonly drain: () => void },
): void {
  const { program, log, drain } = options
  program.onStrayError((error) => {
    if (gateway.attributeStray(error) !== undefined) return
    log.fatal({ err: error }, 'unexpected error; finishing open calls, then exiting')
    drain()
  })
}
