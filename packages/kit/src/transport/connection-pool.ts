import { Connector, type ConnectorOptions } from './connector.ts'
import { OriginPool, type Waiter } from './origin-pool.ts'

export interface ConnectionPoolOptions extends ConnectorOptions {
  /** Open connections per origin; more requests wait for one. */
  readonly maxConnections?: number
}

/** High enough that admission limits calls and not this; low enough that one peer cannot use up all ports. */
const defaultMaxConnections = 16_384

/** Keep-alive connections of one backend, by origin. */
export class ConnectionPool {
  readonly #connector: Connector
  readonly #maxConnections: number
  readonly #origins = new Map<string, OriginPool>()
  #closed = false

  constructor(options: ConnectionPoolOptions = {}) {
    this.#connector = new Connector(options)
    this.#maxConnections = options.maxConnections ?? defaultMaxConnections
  }

  /** Connections that are open, used or idle. */
  get size(): number {
    return [...this.#origins.values()].reduce((sum, pool) => sum + pool.size, 0)
  }

  take(origin: string, waiter: Waiter): void {
    if (this.#closed) waiter.turnedAway()
    else this.#pool(origin).take(waiter)
  }

  /** The waiter does not need a connection any more. Harmless where it got one. */
  forget(origin: string, waiter: Waiter): void {
    this.#origins.get(origin)?.forget(waiter)
  }

  /** Ends all connections at once, used ones too. Idempotent. */
  close(): void {
    this.#closed = true
    for (const pool of [...this.#origins.values()]) pool.close()
  }

  #pool(origin: string): OriginPool {
    const known = this.#origins.get(origin)
    if (known !== undefined) return known
    const pool: OriginPool = new OriginPool({
      origin,
      connector: this.#connector,
      maxConnections: this.#maxConnections,
      onEmpty: () => this.#origins.delete(origin),
    })
    this.#origins.set(origin, pool)
    return pool
  }
}
