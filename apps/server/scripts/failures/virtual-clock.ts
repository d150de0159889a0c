import { setImmediate } from 'node:timers/promises'
import type { Clock, Timer } from '@jackfield/core'

interface Pending {
  readonly at: number
  readonly callback: () => void
}

/** Time that passes only while everybody waits for it, and then at once. */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Set<Pending>()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): Timer {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** Nothing happens meanwhile. */
  skip(ms: number): void {
    this.#now += ms
  }

  /** Lets time pass until something is done. */
  async until<Value>(work: Promise<Value>): Promise<Value> {
    let isDone = false
    const mark = () => {
      isDone = true
    }
    work.then(mark, mark)
    await setImmediate()
    while (!isDone) {
      this.#fireNext()
      await setImmediate()
    }
    return await work
  }

  #fireNext(): void {
    const [next] = [...this.#timers].toSorted((one, other) => one.at - other.at)
    if (next === undefined) throw new Error('nothing is left to wait for')
    this.#timers.delete(next)
    this.#now = Math.max(this.#now, next.at)
    next.callback()
  }
}
