import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Connection, ConnectionGone } from './connection.ts'
import { Exchange } from './exchange.ts'
import type { FakeServer } from './fake-server.ts'
import { type Gate, ScriptGate } from './gate.ts'
import { Listener, type ListenerMode } from './listener.ts'
import type { EndState, RecordedConnection, RecordedRequest } from './recorded-request.ts'
import { runScript, type Stage } from './run-script.ts'
import { type Responder, type Script, toScript } from './script.ts'
import { afterPoll, type Timer } from './timer.ts'
import { mayBeForgotten, WaitList } from './wait-list.ts'

/** Clients under test may send far more than Node's 16 KiB. */
const maxHeaderBytes = 1 << 20

/** The server behind `startFakeServer`. Its own listener hands sockets to an HTTP server that does not listen, so that a script can come first. */
export class ScriptedServer implements FakeServer {
  readonly requests: Exchange[] = []
  readonly connections: Connection[] = []
  readonly malformedRequests: Error[] = []
  readonly #timer: Timer
  readonly #listener = new Listener((socket) => this.#onConnection(socket))
  readonly #http = createServer(
    { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, maxHeaderSize: maxHeaderBytes },
    (message, response) => void this.#onRequest(message, response),
  )
  readonly #bySocket = new WeakMap<Socket, Connection>()
  readonly #gates = new Map<string, ScriptGate>()
  readonly #changes = new WaitList()
  readonly #failures: unknown[] = []
  readonly #queue: Script[] = []
  #script: Script
  #closing: Promise<void> | undefined

  constructor(responder: Responder, timer: Timer) {
    this.#script = toScript(responder)
    this.#timer = timer
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (!error.code?.startsWith('HPE_')) return socket.destroy()
      this.malformedRequests.push(error)
      const large = error.code === 'HPE_HEADER_OVERFLOW'
      const status = large ? '431 Request Header Fields Too Large' : '400 Bad Request'
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    })
  }

  get port(): number {
    return this.#listener.port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  respondWith(responder: Responder): void {
    this.#script = toScript(responder)
  }

  respondOnce(responder: Responder): void {
    this.#queue.push(toScript(responder))
  }

  gate(name: string): Gate {
    return this.#gate(name)
  }

  setListener(mode: ListenerMode): Promise<void> {
    if (this.#closing) return Promise.reject(closedError())
    return this.#listener.setMode(mode)
  }

  async dropConnections(): Promise<void> {
    for (const exchange of this.requests) exchange.enter('broken')
    await this.#destroyConnections()
  }

  waitForRequest(count = this.requests.length + 1): Promise<RecordedRequest> {
    return this.#changes.wait(() => {
      const value = this.requests[count - 1]
      return value && value.state !== 'receiving' ? { value } : undefined
    })
  }

  waitForConnection(count = this.connections.length + 1): Promise<RecordedConnection> {
    return this.#changes.wait(() => {
      const value = this.connections[count - 1]
      return value && { value }
    })
  }

  waitForState(request: RecordedRequest, state: EndState): Promise<void> {
    const exchange = this.#exchange(request)
    return this.#changes.wait(() => {
      if (exchange.state === state) return { value: undefined }
      if (exchange.isOpen) return undefined
      throw new Error(`request ${exchange.index} ended as ${exchange.state}, not as ${state}`)
    })
  }

  waitForAbort(request: RecordedRequest): Promise<number> {
    const aborted = this.waitForState(request, 'aborted')
    return mayBeForgotten(aborted.then(() => request.abortedAt ?? Number.NaN))
  }

  waitForStall(request: RecordedRequest, quietMs = 50): Promise<number> {
    return mayBeForgotten(this.#waitForStall(this.#exchange(request), quietMs))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const exchange of this.requests) exchange.enter('closed')
    await this.#listener.close()
    await this.#destroyConnections()
    const reason = closedError()
    for (const gate of this.#gates.values()) gate.abandon(reason)
    this.#changes.abandon(reason)
    // Scripts that were interrupted now have said so.
    await new Promise<void>((resolve) => afterPoll(resolve))
    if (this.#failures.length > 0) {
      throw new AggregateError(this.#failures, `fake server: a script failed: ${this.#failures[0]}`)
    }
  }

  async #destroyConnections(): Promise<void> {
    for (const connection of this.connections) connection.destroy()
    await Promise.all(this.connections.map((connection) => connection.closed))
  }

  async #waitForStall(exchange: Exchange, quietMs: number): Promise<number> {
    for (;;) {
      const write = await this.#changes.wait(() => {
        const value = exchange.pendingWrite
        if (exchange.isOpen) return value === undefined ? undefined : { value }
        throw new Error(`request ${exchange.index} ended as ${exchange.state} without a stall`)
      })
      if (await this.#staysPending(exchange, write, quietMs)) return exchange.bytesSent
    }
  }

  #staysPending(exchange: Exchange, write: number, quietMs: number): Promise<boolean> {
    const { promise: quiet, resolve } = Promise.withResolvers<boolean>()
    const cancel = this.#timer.after(quietMs, () => resolve(true))
    const taken = this.#changes.wait(() =>
      exchange.pendingWrite === write && exchange.isOpen ? undefined : { value: false },
    )
    return Promise.race([quiet, taken]).finally(cancel)
  }

  #gate(name: string): ScriptGate {
    const gate = this.#gates.get(name) ?? new ScriptGate()
    this.#gates.set(name, gate)
    return gate
  }

  #exchange(request: RecordedRequest): Exchange {
    const exchange = this.requests[request.index]
    if (exchange !== request) throw new Error('that request was not received by this server')
    return exchange
  }

  #onConnection(socket: Socket): void {
    const connection = new Connection(this.connections.length + 1, socket)
    this.connections.push(connection)
    this.#bySocket.set(socket, connection)
    this.#changes.check()
    const script = this.#queue[0] ?? this.#script
    if (script.at !== 'connection') {
      this.#http.emit('connection', socket)
      return
    }
    this.#queue.shift()
    runScript(script.steps, this.#stage(connection)).catch((error) => this.#fail(error, socket))
  }

  async #onRequest(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = this.#bySocket.get(message.socket)
    // Only sockets that came through our listener are handed to the HTTP server.
    if (!connection) throw new Error('a request came on an unknown socket')
    const changed = (): void => this.#changes.check()
    const exchange = new Exchange(this.requests.length, message, connection, changed)
    this.requests.push(exchange)
    const script = this.#queue.shift() ?? this.#script
    try {
      if (script.at === 'request') await exchange.receive()
      exchange.enter('answering')
      const steps = typeof script.steps === 'function' ? await script.steps(exchange) : script.steps
      await runScript(steps, { ...this.#stage(connection), response, ...notes(exchange) })
    } catch (error) {
      this.#fail(error, message.socket, response)
      exchange.enter('broken')
    }
  }

  #stage(connection: Connection): Stage {
    const { socket, gone } = connection
    return { socket, gone, timer: this.#timer, gate: (name) => this.#gate(name) }
  }

  #fail(error: unknown, socket: Socket, response?: ServerResponse): void {
    const gone = error instanceof ConnectionGone
    if (!gone) this.#failures.push(error)
    if (!response || response.headersSent || gone) {
      socket.destroy()
      return
    }
    response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(`the script of the fake server failed: ${String(error)}`)
  }
}

function notes(exchange: Exchange): Pick<Stage, 'onWrite' | 'onHang' | 'onStop'> {
  return {
    onWrite: (pending) => exchange.noteWrite(pending),
    onHang: () => exchange.enter('hanging'),
    onStop: (how) => exchange.enter(how),
  }
}

function closedError(): Error {
  return new Error('the fake server was closed')
}
