import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A client that shows every read of its connection. */
export interface RawClient {
  readonly socket: Socket
  /** What arrived, one string per read. */
  readonly reads: readonly string[]
  /** Everything that arrived. */
  text(): string
  send(text: string | Uint8Array): void
  /** Resolves when what arrived contains the text. Rejects when the connection closes before. */
  until(text: string): Promise<void>
  /** Resolves with the error code of the connection, or `undefined` after a regular end. */
  closed(): Promise<string | undefined>
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  const reads: string[] = []
  let code: string | undefined
  let isClosed = false
  const changed = new Set<() => void>()
  const tell = () => {
    for (const listener of changed) listener()
  }
  socket.on('data', (chunk) => {
    reads.push(chunk.toString('latin1'))
    tell()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code
  })
  socket.on('close', () => {
    isClosed = true
    tell()
  })
  onTestFinished(() => {
    socket.destroy()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const when = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return
        changed.delete(check)
        resolve()
      }
      changed.add(check)
      check()
    })
  const text = () => reads.join('')
  return {
    socket,
    reads,
    text,
    send: (bytes) => void socket.write(bytes),
    async until(wanted) {
      await when(() => isClosed || text().includes(wanted))
      if (!text().includes(wanted)) throw new Error(`Closed (${code}) after: ${text()}`)
    },
    async closed() {
      await when(() => isClosed)
      return code
    },
  }
}

/** The bytes of a POST with a JSON body. */
export function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const fields = { host: 'test', 'content-type': 'application/json', ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
