import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A forward proxy on 127.0.0.1 that records what it is asked for. */
export interface ProxyServer extends AsyncDisposable {
  readonly port: number
  /** `METHOD target authorization`. */
  readonly asked: readonly string[]
  /** Answers CONNECT with this status from now on; 200 opens a tunnel, 0 never answers. */
  status: number
}

/** Starts a proxy that sends everything to `port` on 127.0.0.1, whatever host it is asked for. */
export async function startProxy(port: number): Promise<ProxyServer> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? '-'}`)
  }
  const proxy = { port: 0, asked, status: 200, [Symbol.asyncDispose]: close }
  const server = createServer((request, response) => {
    note(request)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ host: request.headers.host }))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    note(request)
    client.on('error', () => {})
    if (proxy.status === 0) return
    if (proxy.status !== 200) {
      client.end(`HTTP/1.1 ${proxy.status} No\r\n\r\n`)
      return
    }
    const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    upstream.on('error', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.port = (server.address() as AddressInfo).port
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return proxy
}
