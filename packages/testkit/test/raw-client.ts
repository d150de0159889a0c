import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** How the server ended the connection. */
export type Ending = 'fin' | 'ECONNRESET' | 'ECONNREFUSED' | 'EPIPE'

/** A TCP client that shows what really arrives: every read by itself, and how the connection ends. */
export interface RawClient {
  readonly socket: Socket
  readonly reads: readonly string[]
  /** Everything read so far. */
  received(): string
  /** Resolves when `received()` contains `text`. Rejects when the connection ends first. */
  receives(text: string): Promise<void>
  /** Resolves when the server has ended the connection. */
  readonly ended: Promise<Ending>
}

/** Connects and sends `bytes`. The socket is destroyed when the test is over. */
export function rawClient(
  port: number,
  bytes: string,
  options: { readonly allowHalfOpen?: boolean } = {},
): RawClient {
  const socket = connect({ port, host: '127.0.0.1', ...options })
  const reads: string[] = []
  const received = (): string => reads.join('')
  socket.on('data', (chunk) => reads.push(chunk.toString('latin1')))
  const ended = new Promise<Ending>((resolve) => {
    socket.on('end', () => resolve('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code as Ending))
  })
  socket.write(bytes)
  onTestFinished(() => {
    socket.destroy()
  })
  const receives = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (received().includes(text)) resolve()
      }
      look()
      socket.on('data', look)
      socket.on('close', () => reject(new Error(`ended after ${JSON.stringify(received())}`)))
    })
  return { socket, reads, received, receives, ended }
}

/** A request head, and a body when there is one. */
export function httpRequest(line: string, body = '', headers: Record<string, string> = {}): string {
  const fields = { host: 'fake', ...(body && { 'content-length': body.length }), ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Lets the event loop poll `turns` times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
