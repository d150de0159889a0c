import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

const host = '127.0.0.1'

/**
 * Keeps a free port of the loopback interface from being handed out to others: as the own end of a connection, which does not stand
 * in the way of whoever listens on the port by its number. Only Linux is known to behave so; elsewhere nothing is held.
 */
export class PortHolder {
  readonly #peer: Server
  #near: Socket | undefined
  #far: Socket | undefined

  private constructor(peer: Server) {
    this.#peer = peer
    peer.on('connection', (socket) => {
      this.#far = socket
    })
  }

  /** Gets ready, so that {@link take} is quick. */
  static async prepare(): Promise<PortHolder> {
    const peer = createServer()
    peer.listen({ port: 0, host })
    await once(peer, 'listening')
    return new PortHolder(peer)
  }

  /** Holds a port that has just become free. Call it in the same turn of the event loop. */
  async take(port: number): Promise<void> {
    const address = this.#peer.address()
    if (process.platform !== 'linux' || address === null || typeof address === 'string') return
    const accepted = once(this.#peer, 'connection')
    this.#near = connect({ port: address.port, host, localAddress: host, localPort: port })
    await Promise.all([once(this.#near, 'connect'), accepted])
  }

  /** Resolves when nothing of it is open any more. */
  async letGo(): Promise<void> {
    const closed = once(this.#peer, 'close')
    this.#peer.close()
    if (this.#near !== undefined && this.#far !== undefined) {
      const left = once(this.#near, 'close')
      // Whoever closes first keeps its port occupied for a minute: not the one that is held.
      this.#far.destroy()
      await left
    }
    await closed
  }
}
