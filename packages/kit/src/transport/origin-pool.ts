import { Connection, type ConnectionOwner } from './connection.ts'
import type { Connector } from './connector.ts'

/** Somebody who needs a connection. */
export interface Waiter {
  /** Called once, perhaps before `take` returns. */
  granted(connection: Connection): void
  /** The pool is closed. */
  turnedAway(): void
}

export interface OriginPoolOptions {
  readonly origin: string
  readonly connector: Connector
  /** More requests than this wait for a connection. */
  readonly maxConnections: number
  /** There is neither a connection nor a waiter left. */
  readonly onEmpty: () => void
}

/** The connections to one origin. The most recently used one is used first, so that the others can age and close. */
export class OriginPool implements ConnectionOwner {
  readonly #options: OriginPoolOptions
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #waiters = new Set<Waiter>()

  constructor(options: OriginPoolOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  take(waiter: Waiter): void {
    const idle = this.#idle.pop()
    if (idle !== undefined) waiter.granted(idle)
    else if (this.#open.size < this.#options.maxConnections) this.#openFor(waiter)
    else this.#waiters.add(waiter)
  }

  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.turnedAway()
    this.#waiters.clear()
    for (const connection of [...this.#open]) connection.destroy()
  }

  free(connection: Connection): void {
    const next = this.#nextWaiter()
    if (next === undefined) this.#idle.push(connection)
    else next.granted(connection)
  }

  disconnected(connection: Connection): void {
    if (this.#idle.includes(connection)) connection.destroy()
  }

  destroyed(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    const at = this.#idle.lastIndexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    const next = this.#nextWaiter()
    if (next !== undefined) this.#openFor(next)
    else if (this.#open.size === 0) this.#options.onEmpty()
  }

  #openFor(waiter: Waiter): void {
    const { origin, connector } = this.#options
    const connection = new Connection(origin, connector, this)
    this.#open.add(connection)
    waiter.granted(connection)
  }

  #nextWaiter(): Waiter | undefined {
    const [next] = this.#waiters
    if (next !== undefined) this.#waiters.delete(next)
    return next
  }
}
