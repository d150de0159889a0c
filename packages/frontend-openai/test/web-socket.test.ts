import { Agent, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { frontendApp } from './support/frontend-app.ts'

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

interface Answer {
  readonly status: number | undefined
  readonly text: string
  /** The client’s port: the same for answers on the same connection. */
  readonly port: number | undefined
}

describe('a client that would rather use a WebSocket', () => {
  it.each(['/v1/responses', '/responses'])(
    'is told at once that there is none at %s, and goes on over the same connection',
    async (path) => {
      const { app, inputs } = await frontendApp()
      await app.listen({ host: '127.0.0.1', port: 0 })
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const address = app.server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const send = (method: string, headers: Readonly<Record<string, string>>, body = '') =>
        new Promise<Answer>((resolve, reject) => {
          const sent = request({ port, host: '127.0.0.1', agent, method, path, headers })
          sent.on('upgrade', () => reject(new Error('The server took the connection over')))
          sent.on('error', reject)
          sent.on('response', (response) => {
            const port = response.socket.localPort
            const chunks: Buffer[] = []
            response.on('data', (chunk: Buffer) => chunks.push(chunk))
            response.on('end', () =>
              resolve({ status: response.statusCode, text: `${Buffer.concat(chunks)}`, port }),
            )
          })
          sent.end(body)
        })

      const refused = await send('GET', upgrade)
      const plain = await send('GET', {})
      const asked = await send('POST', { 'content-type': 'application/json' }, '{"input":"Hi"}')
      agent.destroy()

      expect([refused.status, plain.status, asked.status]).toEqual([426, 405, 200])
      expect(JSON.parse(refused.text)).toHaveProperty('error')
      expect(asked.text).toBe('{"ok":true}')
      expect(new Set([refused.port, plain.port, asked.port]).size).toBe(1)
      expect(inputs).toHaveLength(1)
    },
  )
})
