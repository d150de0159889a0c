import { connect, type Socket } from 'node:net'
import { BenchFailure } from '../failure.ts'
import { MessageParser, parseStatus } from '../http/message-parser.ts'
import type { PreparedRequest } from '../workload/prepared-request.ts'

/** One request's way back. `onBody` may throw a `BenchFailure`; whatever goes wrong ends in `onFailure`, once. */
export interface Exchange {
  onStatus?(status: number): void
  onBody(bytes: Buffer): void
  onEnd(): void
  onFailure(error: BenchFailure): void
}

/**
 * A keep-alive HTTP/1.1 connection of the driver, one request at a time. Own code on `node:net`, because measured on the machine of
 * performance.md a request over it costs the driver a third of `undici.dispatch`, and driver and upstream share one core.
 */
export class Connection {
  readonly #socket: Socket
  readonly #parser: MessageParser
  #exchange: Exchange | undefined
  #closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#parser = new MessageParser('response', {
      onHead: (head) => this.#exchange?.onStatus?.(parseStatus(head.startLine)),
      onBody: (bytes) => this.#exchange?.onBody(bytes),
      onEnd: () => this.#deliverEnd(),
    })
    socket.on('data', (bytes: Buffer) => this.#guard(() => this.#parser.push(bytes)))
    socket.on('end', () => this.#guard(() => this.#parser.close()))
    socket.on('error', (cause) =>
      this.#fail(new BenchFailure(`connection lost: ${cause.message}`, { cause })),
    )
    socket.on('close', () => this.#fail(new BenchFailure('the target closed the connection')))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('connect', resolve)
    socket.once('error', reject)
    try {
      await promise
    } catch (cause) {
      throw new BenchFailure(`no connection to port ${port}`, { cause })
    }
    socket.off('error', reject)
    return new Connection(socket)
  }

  get closed(): boolean {
    return this.#closed
  }

  send(request: PreparedRequest, exchange: Exchange): void {
    if (this.#exchange !== undefined) throw new Error('one request at a time')
    if (this.#closed) {
      exchange.onFailure(new BenchFailure('the connection is closed'))
      return
    }
    this.#exchange = exchange
    this.#socket.cork()
    this.#socket.write(request.head)
    this.#socket.write(request.body)
    this.#socket.uncork()
  }

  /** Drops the connection; an open exchange is forgotten. */
  close(): void {
    this.#exchange = undefined
    this.#closed = true
    this.#socket.destroy()
  }

  /** The exchange is over before it is told so, because it may send the next request from there. */
  #deliverEnd(): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    try {
      exchange?.onEnd()
    } catch (error) {
      this.close()
      exchange?.onFailure(asFailure(error))
    }
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#fail(asFailure(error))
    }
  }

  #fail(error: BenchFailure): void {
    const exchange = this.#exchange
    this.close()
    exchange?.onFailure(error)
  }
}

function asFailure(error: unknown): BenchFailure {
  return error instanceof BenchFailure
    ? error
    : new BenchFailure('a fault of the driver', { cause: error })
}

/** Opens several connections, a few at a time so that no listen queue overflows. */
export async function openConnections(port: number, count: number): Promise<readonly Connection[]> {
  const connections: Connection[] = []
  try {
    while (connections.length < count) {
      const batch = Math.min(64, count - connections.length)
      connections.push(
        ...(await Promise.all(Array.from({ length: batch }, () => Connection.open(port)))),
      )
    }
  } catch (error) {
    closeAll(connections)
    throw error
  }
  return connections
}

/** Drops connections. */
export function closeAll(connections: readonly Connection[]): void {
  for (const connection of connections) connection.close()
}
