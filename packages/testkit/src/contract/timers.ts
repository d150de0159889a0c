/** Timers that are set while it watches and keep the process alive. */
export interface TimerWatch {
  /** How many of them are neither over nor cleared nor unreferenced. */
  readonly alive: number
  stop(): void
}

/**
 * Watches the global timer functions. What takes them from `node:timers`, or took them before, as test runners do for themselves,
 * is not seen.
 */
export function watchTimers(): TimerWatch {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis
  const timers = new Set<NodeJS.Timeout>()
  const once = ((callback: () => void, ms?: number, ...rest: never[]) => {
    const fire = (): void => {
      timers.delete(timer)
      Reflect.apply(callback, undefined, rest)
    }
    const timer = setTimeout(fire, ms)
    timers.add(timer)
    return timer
  }) as typeof setTimeout
  const again = ((...set: Parameters<typeof setInterval>) => {
    const timer = setInterval(...set)
    timers.add(timer)
    return timer
  }) as typeof setInterval
  const clear: typeof clearTimeout = (timer) => {
    if (typeof timer === 'object') timers.delete(timer)
    clearTimeout(timer)
  }
  // Whoever wants the promised form gets it from the original.
  Object.defineProperties(once, Object.getOwnPropertyDescriptors(setTimeout))
  Object.assign(globalThis, {
    setTimeout: once,
    setInterval: again,
    clearTimeout: clear,
    clearInterval: clear,
  })
  return {
    get alive() {
      return [...timers].filter((timer) => timer.hasRef()).length
    },
    stop: () =>
      void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval }),
  }
}
