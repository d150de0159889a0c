import type { Logger } from 'pino'
import type { BuiltServer } from './build-server.ts'
import type { Program } from './program.ts'

/** Exit codes of a process that a second signal ends: 128 and the signal's number. */
const interruptedCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** The end of a server. */
export interface Shutdown {
  /** Stops accepting, gives open calls their time, then ends. Only the first call does anything. */
  begin(exitCode: number): void
  /** Resolves to the exit code once everything has ended. */
  readonly ended: Promise<number>
}

/** Makes signals end a server: the first one lets open calls finish, a second one exits at once. */
export function shutdownOnSignal(
  server: BuiltServer,
  context: {
    readonly program: Program
    readonly log: Logger
    /** Called before anything is closed. */
    readonly beforeClosing: () => void
  },
): Shutdown {
  const { program, log, beforeClosing } = context
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let isStopping = false

  const begin = (exitCode: number) => {
    if (isStopping) return
    isStopping = true
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
      if (isStopping) program.exitNow(interruptedCodes[signal])
      const { openCalls } = server.gateway.health()
      log.info({ signal, openCalls }, 'stopping; a second signal stops at once')
      begin(0)
    })
  }
  return { begin, ended }
}
