import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that leads nowhere, and remembers who wanted to go where. */
export interface ClosedDoor extends AsyncDisposable {
  /** Proxy settings for a process: everything but the loopback interface goes through the door. */
  readonly env: Readonly<Record<string, string>>
  /** `METHOD target` of everything that was asked for. */
  readonly knocks: readonly string[]
}

/** Starts the proxy. Every request and every tunnel is refused with 403. */
export async function startClosedDoor(): Promise<ClosedDoor> {
  const knocks: string[] = []
  const server = createServer((request, response) => {
    knocks.push(`${request.method} ${request.url}`)
    response.writeHead(403, { connection: 'close' }).end()
  })
  server.on('connect', (request, socket) => {
    knocks.push(`${request.method} ${request.url}`)
    // Who is refused may be gone before it has heard so.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    env: proxySettings(`http://127.0.0.1:${port}`),
    knocks,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** In both spellings, as programs differ in what they read. */
function proxySettings(url: string): Readonly<Record<string, string>> {
  const settings = { HTTP_PROXY: url, HTTPS_PROXY: url, ALL_PROXY: url, NO_PROXY: '127.0.0.1' }
  const lower = Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value])
  return { ...settings, ...Object.fromEntries(lower) }
}
