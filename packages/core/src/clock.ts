/** A timer that can be cancelled. */
export interface Timer {
  cancel(): void
}

/** Time, injected everywhere so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  monotonic(): number
  /** Calls back once after `ms` milliseconds. The timer does not keep the process alive. */
  after(ms: number, callback: () => void): Timer
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, ms)
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}
