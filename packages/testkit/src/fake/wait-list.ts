interface Waiter {
  /** True when it is settled and can be forgotten. */
  settle(): boolean
  reject(reason: Error): void
}

/** Promises that resolve when something that can be looked at has become true: no polling, whoever changes the state calls {@link check}. */
export class WaitList {
  #waiters: Waiter[] = []
  #abandoned: Error | undefined

  /** Resolves with the value that `look` finds, now or at a later {@link check}; `look` may throw to reject. */
  wait<Value>(look: () => { readonly value: Value } | undefined): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    const settle = (): boolean => {
      try {
        const found = look()
        if (found) resolve(found.value)
        return found !== undefined
      } catch (error) {
        reject(error)
        return true
      }
    }
    if (!settle()) this.#add({ settle, reject })
    return mayBeForgotten(promise)
  }

  /** Looks again for everyone who waits. */
  check(): void {
    this.#waiters = this.#waiters.filter((waiter) => !waiter.settle())
  }

  /** Rejects everyone who waits or will wait in vain. */
  abandon(reason: Error): void {
    this.#abandoned = reason
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason)
  }

  #add(waiter: Waiter): void {
    if (this.#abandoned) waiter.reject(this.#abandoned)
    else this.#waiters.push(waiter)
  }
}

/** The same promise, whose rejection is no error by itself: a test that failed elsewhere no longer awaits it. */
export function mayBeForgotten<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
