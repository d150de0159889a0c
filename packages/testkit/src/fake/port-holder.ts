import { connect, createServer, type Server, type Socket } from 'node:net'

const host = '127.0.0.1'
const ignore = (): void => {}

/**
 * Keeps a free port of the loopback interface from being handed out to others: as the own end of a connection, which does not stand
 * in the way of whoever listens on the port by its number. Only Linux is known to behave so; elsewhere nothing is held.
 */
export class PortHolder {
  readonly #peer: Server
  readonly #peerPort: number
  #socket: Socket | undefined

  private constructor(peer: Server, peerPort: number) {
    this.#peer = peer
    this.#peerPort = peerPort
  }

  /** Gets ready, so that {@link take} is quick. */
  static prepare(): Promise<PortHolder> {
    const peer = createServer((socket) => socket.on('error', ignore))
    return new Promise((resolve, reject) => {
      peer.once('error', reject)
      peer.listen({ port: 0, host }, () => {
        const address = peer.address()
        const port = typeof address === 'object' && address !== null ? address.port : 0
        resolve(new PortHolder(peer, port))
      })
    })
  }

  /** Holds a port that has just become free. Call it in the same turn of the event loop. */
  take(port: number): Promise<void> {
    if (process.platform !== 'linux') return Promise.resolve()
    const socket = connect({ port: this.#peerPort, host, localAddress: host, localPort: port })
    this.#socket = socket
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject).on('error', ignore)
        resolve()
      })
    })
  }

  letGo(): void {
    // A regular end would occupy the port for another minute.
    this.#socket?.resetAndDestroy()
    this.#peer.close()
  }
}
