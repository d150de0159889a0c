import { type Clock, systemClock } from '@jackfield/core'
import type { Logger } from 'pino'
import type { BuiltServer } from './build-server.ts'
import type { Program } from './program.ts'

/** Exit codes of a process that a second signal ends: 128 and the signal's number. */
const interruptedCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Milliseconds within which two signals may come from one key press. */
const keyPressMs = 300

/** The end of a server. */
export interface Shutdown {
  /** Stops accepting, gives open calls their time, then ends. Only the first call does anything. */
  begin(exitCode: number): void
  /** Resolves to the exit code once everything has ended. */
  readonly ended: Promise<number>
}

/** What a shutdown has to do with. */
export interface ShutdownContext {
  readonly program: Pick<Program, 'onSignal' | 'exitNow' | 'output' | 'env'>
  readonly log: Logger
  /** Called before anything is closed. */
  readonly beforeClosing: () => void
  readonly clock?: Clock
}

/** Makes signals end a server: the first one lets open calls finish, a second one exits at once. */
export function shutdownOnSignal(
  server: Pick<BuiltServer, 'app' | 'gateway'>,
  { program, log, beforeClosing, clock = systemClock }: ShutdownContext,
): Shutdown {
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let stoppingSince: number | undefined

  const begin = (exitCode: number) => {
    if (stoppingSince !== undefined) return
    stoppingSince = clock.monotonic()
    beforeClosing()
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
      if (stoppingSince === undefined) {
        const { openCalls } = server.gateway.health()
        log.info({ signal, openCalls }, 'stopping; a second signal stops at once')
        begin(0)
        return
      }
      const isSameKeyPress = clock.monotonic() - stoppingSince < keyPressMs && comesTwice(program)
      if (!isSameKeyPress) program.exitNow(interruptedCodes[signal])
    })
  }
  return { begin, ended }
}

/**
 * npm hands on the signals that it gets. A key pressed at a terminal interrupts npm and what it runs, so that the same
 * Ctrl-C comes here twice.
 */
function comesTwice({ env, output }: Pick<Program, 'env' | 'output'>): boolean {
  return env['npm_command'] !== undefined && output.isTerminal
}
