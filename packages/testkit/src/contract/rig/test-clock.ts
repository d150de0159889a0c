import type { Clock, Timer } from '@jackfield/core'

/** Real time that a test can move on, for limits, cooldowns and hints that nobody wants to wait for. */
export interface TestClock extends Clock {
  /** Timers that have neither fired nor been cancelled. */
  readonly pending: number
  /** Moves on by that many milliseconds and calls back, in order, whatever falls due. */
  skip(ms: number): void
}

interface Alarm {
  readonly due: number
  readonly fire: () => void
}

// Taken at import: what watches timers for code under test must not see these.
const { setTimeout, clearTimeout } = globalThis

/** Creates a clock that runs with the real time until it is told to skip some. */
export function createTestClock(): TestClock {
  return new SkippingClock()
}

class SkippingClock implements TestClock {
  readonly #alarms = new Set<Alarm>()
  #skipped = 0

  get pending(): number {
    return this.#alarms.size
  }

  now(): number {
    return Date.now() + this.#skipped
  }

  monotonic(): number {
    return performance.now() + this.#skipped
  }

  after(ms: number, callback: () => void): Timer {
    const cancel = (): void => {
      this.#alarms.delete(alarm)
      clearTimeout(handle)
    }
    const fire = (): void => {
      cancel()
      callback()
    }
    const alarm: Alarm = { due: this.monotonic() + ms, fire }
    const handle = setTimeout(fire, ms)
    handle.unref()
    this.#alarms.add(alarm)
    return { cancel }
  }

  skip(ms: number): void {
    this.#skipped += ms
    for (;;) {
      const now = this.monotonic()
      const due = [...this.#alarms].filter((alarm) => alarm.due <= now)
      const next = due.toSorted((one, other) => one.due - other.due)[0]
      if (next === undefined) return
      next.fire()
    }
  }
}
