import type { EventEmitter } from 'node:events'
import { Client, type Dispatcher } from 'undici'
import type { Connector, Opening } from './connector.ts'

/** Pauses of some seconds between an agent's calls should not cost a TLS handshake. */
const idleMs = 30_000
/** Upper bound for a server's own `keep-alive: timeout=`: address translators forget idle connections after minutes. */
const longestIdleMs = 120_000
const maxHeaderBytes = 64 * 1024

/** Who hands out a connection. */
export interface ConnectionOwner {
  /** The connection may carry another request. */
  free(connection: Connection): void
  /** The peer closed it. It may be in use: then whoever uses it is told by its own request. */
  disconnected(connection: Connection): void
  /** It is of no use any more. */
  destroyed(connection: Connection): void
}

/**
 * One HTTP/1.1 connection that carries one request at a time. undici's `Client` frames and parses; which connection
 * carries what is decided by our pool, so that whoever gives up a request can end its socket in every state.
 */
export class Connection {
  readonly #owner: ConnectionOwner
  readonly #client: Client
  #opening: Opening | undefined
  #destroyed = false

  constructor(origin: string, connector: Connector, owner: ConnectionOwner) {
    this.#owner = owner
    this.#client = new Client(origin, {
      connect: (endpoint, opened) => {
        this.#opening = connector.open(endpoint, opened)
      },
      pipelining: 1,
      allowH2: false,
      // Our own limits are exact, know what they wait for, and run on the injected clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: longestIdleMs,
      maxHeaderSize: maxHeaderBytes,
    })
    this.#client.on('disconnect', () => owner.disconnected(this))
    // Emitted where a handler throws while it is told an error: nothing can use the connection after that.
    const events: EventEmitter = this.#client
    events.on('error', () => this.destroy())
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler)
  }

  /** Its request is over and was answered completely. */
  release(): void {
    if (this.#opening?.destroyed === true) this.destroy()
    else this.#owner.free(this)
  }

  /** Ends the socket at once, whatever it is doing. Idempotent. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#opening?.destroy()
    this.#client.destroy(null, () => {})
    this.#owner.destroyed(this)
  }
}
