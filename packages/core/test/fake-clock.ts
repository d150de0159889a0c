import type { Clock, Timer } from '../src/clock.ts'

interface Pending {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** Turns of the microtask queue that let chains of promises settle: more than the longest chain in this package. */
const turns = 100

/** Lets everything happen that waits for no timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await undefined
}

/** Time that stands still until a test moves it. Its two clocks differ, so that a mix-up shows. */
export class FakeClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers = new Set<Pending>()
  readonly #epoch: number

  constructor(epoch = 1_000_000) {
    this.#epoch = epoch
  }

  now(): number {
    return this.#epoch + this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): Timer {
    if (!(ms >= 0)) throw new RangeError(`a timer cannot wait ${ms} ms`)
    this.#order += 1
    const timer = { at: this.#now + ms, order: this.#order, callback }
    this.#timers.add(timer)
    return { cancel: () => this.#timers.delete(timer) }
  }

  /** Timers that have neither run nor been cancelled. */
  get timers(): number {
    return this.#timers.size
  }

  /** Milliseconds until the next timer; `undefined` when none waits. */
  get nextIn(): number | undefined {
    const next = this.#next()
    return next === undefined ? undefined : next.at - this.#now
  }

  /** Runs what is due within the time, each at its moment, and lets promises settle before and after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
      await settle()
    }
    this.#now = end
  }

  /** Moves on until a promise has settled. Throws when nothing could settle it any more, or after `limitMs`. */
  async until<Value>(promise: Promise<Value>, limitMs = Number.POSITIVE_INFINITY): Promise<Value> {
    let over = false
    const mark = () => {
      over = true
    }
    promise.then(mark, mark)
    await settle()
    while (!over) {
      const { nextIn } = this
      if (nextIn === undefined) throw new Error('nothing is left that could settle the promise')
      if (this.#now + nextIn > limitMs) throw new Error(`still waiting after ${limitMs} ms`)
      await this.advance(nextIn)
    }
    return await promise
  }

  #next(): Pending | undefined {
    let next: Pending | undefined
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at) next = timer
      else if (timer.at === next.at && timer.order < next.order) next = timer
    }
    return next
  }
}
