import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'undici'

// The yardstick: what a Node proxy costs that does nothing but pass bytes on. Kept plain on purpose; making it faster or slower moves
// every ratio that was ever noted.

const [port, upstreamPort] = process.argv.slice(2)
const origin = `http://127.0.0.1:${upstreamPort}`
const dispatcher = new Agent()

const server = createServer((incoming, outgoing) => {
  forward(incoming, outgoing).catch(() => {
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(502).end()
  })
})

async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { host: _host, connection: _connection, ...headers } = incoming.headers
  const answer = await request(origin + incoming.url, {
    dispatcher,
    method: incoming.method ?? 'GET',
    headers,
    body: incoming,
  })
  const { connection: _close, 'transfer-encoding': _framing, ...answerHeaders } = answer.headers
  outgoing.writeHead(answer.statusCode, answerHeaders)
  answer.body.on('error', () => outgoing.destroy())
  outgoing.on('close', () => answer.body.destroy())
  answer.body.pipe(outgoing)
}

process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => {})
// The driver has gone, however it went: nobody else would end this process.
process.on('disconnect', () => process.exit(0))
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 4_096 })
