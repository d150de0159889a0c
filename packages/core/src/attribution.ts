import { AsyncLocalStorage } from 'node:async_hooks'

/** Whose code is running. */
export interface Attribution {
  readonly backend: string
  readonly callId?: string
}

const running = new AsyncLocalStorage<Attribution>()

/**
 * Runs a backend's code so that an exception or rejection that nobody catches can be traced to it, also when it is
 * thrown later, from a timer or a socket that this code opened.
 */
export function attributed<Result>(to: Attribution, run: () => Result): Result {
  return running.run(to, run)
}

/** Whose code is running now, or ran when the error that is being handled was thrown. */
export function currentAttribution(): Attribution | undefined {
  return running.getStore()
}
