/** The clock of `delay` steps and of {@link FakeServer.waitForStall}; tests that must not wait give their own. */
export interface Timer {
  /** Calls back once after `ms` milliseconds; the returned function cancels. */
  after(ms: number, callback: () => void): () => void
}

// Taken at import, so that a test runner's fake globals do not stop a real server.
const { setTimeout: start, clearTimeout: cancel, setImmediate: defer } = globalThis

/** Real time. */
export const systemTimer: Timer = {
  after(ms, callback) {
    const timeout = start(callback, ms)
    return () => cancel(timeout)
  },
}

/** Calls back after the event loop has polled for input once more, whatever phase it is in now. */
export function afterPoll(callback: () => void): void {
  defer(() => defer(callback))
}
