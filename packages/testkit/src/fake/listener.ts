import { connect, createServer, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { PortHolder } from './port-holder.ts'

/**
 * What happens to new connections: `accept`; `refuse`: nobody listens; `stall`: the operating system's queue is full, so connecting
 * neither succeeds nor fails. Connections that exist are not touched.
 */
export type ListenerMode = 'accept' | 'refuse' | 'stall'

const host = '127.0.0.1'

/** A port on 127.0.0.1 that stays ours, whatever its mode, until it is closed. */
export class Listener {
  readonly #onConnection: (socket: Socket) => void
  #port = 0
  #mode: ListenerMode = 'refuse'
  #release: () => Promise<void> = async () => {}

  constructor(onConnection: (socket: Socket) => void) {
    this.#onConnection = onConnection
  }

  get port(): number {
    return this.#port
  }

  async setMode(mode: ListenerMode): Promise<void> {
    if (mode === this.#mode) return
    this.#mode = mode
    if (this.#port === 0) {
      this.#release = await this.#accept()
      return
    }
    const holder = await PortHolder.prepare()
    await this.#release()
    this.#release = () => holder.letGo()
    await holder.take(this.#port)
    if (mode === 'refuse') return
    this.#release = mode === 'accept' ? await this.#accept() : await stallPort(this.#port)
    await holder.letGo()
  }

  /** Ends listening and gives the port up. */
  async close(): Promise<void> {
    this.#mode = 'refuse'
    await this.#release()
    this.#release = async () => {}
  }

  async #accept(): Promise<() => Promise<void>> {
    // The HTTP layer answers a half-closed client by itself, as it does with its own listener.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#onConnection)
    this.#port = await listening(server, this.#port)
    return async () => {
      // Its callback waits for the connections; the port is free at once.
      server.close()
    }
  }
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

// A listening socket whose owner never runs again: the kernel completes handshakes until the queue is full, then ignores more.
const stalledOwner = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:net').createServer()
  server.on('error', (error) => parentPort.postMessage(error.message))
  server.listen({ port: workerData.port, host: workerData.host, backlog: 1 }, () => {
    parentPort.postMessage('listening')
    Atomics.wait(workerData.lock, 0, 0)
    process.exit()
  })
`

/** A backlog of 1 holds two connections on Linux and not more elsewhere. */
const backlogSize = 2

async function stallPort(port: number): Promise<() => Promise<void>> {
  const lock = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(stalledOwner, { eval: true, workerData: { port, host, lock } })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const state = await new Promise<unknown>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const fillers = state === 'listening' ? await fillQueue(port) : []
  const release = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy()
    Atomics.store(lock, 0, 1)
    Atomics.notify(lock, 0)
    await exited
  }
  if (state === 'listening') return release
  await release()
  throw new Error(`cannot stall port ${port}: ${String(state)}`)
}

function fillQueue(port: number): Promise<readonly Socket[]> {
  const filler = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(socket))
      // Later it is reset together with the listener.
      socket.on('error', reject)
    })
  return Promise.all(Array.from({ length: backlogSize }, filler))
}
