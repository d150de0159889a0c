import { Agent, type IncomingMessage, request } from 'node:http'
import { startOpenAIChatFake } from '@jackfield/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startGateway, type TestGateway } from './harness.ts'

async function start(settings: object = {}): Promise<TestGateway> {
  const fake = await startOpenAIChatFake({})
  onTestFinished(() => fake.close())
  const chat = { type: 'openai-compatible', base_url: fake.baseUrl, api_key: 'sk-fake' }
  return startGateway(stringify({ backends: { chat }, ...settings }))
}

/** What Codex sends before it falls back to HTTP. */
const codexHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
  'openai-beta': 'responses_websockets=2026-02-06',
  originator: 'codex_exec',
  session_id: '0199-session',
  authorization: 'Bearer sk-client',
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly port: number | undefined
}

function send(
  { url }: TestGateway,
  agent: Agent,
  options: { readonly method: string; readonly headers: object; readonly body?: string },
): Promise<Answer> {
  const { method, headers, body = '' } = options
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/responses`, { agent, method, headers: { ...headers } })
    sent.on('upgrade', () => reject(new Error('the server took the connection over')))
    sent.on('error', reject)
    sent.on('response', (response) => {
      const port = response.socket.localPort
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { statusCode: status, headers: answered } = response
        resolve({ status, headers: answered, text: Buffer.concat(chunks).toString(), port })
      })
    })
    sent.end(body)
  })
}

it('tells Codex with 426 that there is no WebSocket, and serves it on the same connection', async () => {
  const gateway = await start()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())

  const refused = await send(gateway, agent, { method: 'GET', headers: codexHeaders })
  const answered = await send(gateway, agent, {
    method: 'POST',
    headers: { 'content-type': 'application/json', session_id: '0199-session' },
    body: JSON.stringify({ model: 'chat:fake-chat', input: 'Hello', store: false }),
  })

  expect(refused.status).toBe(426)
  expect(JSON.parse(refused.text)).toMatchObject({ error: { type: 'invalid_request_error' } })
  expect(refused.headers.upgrade).toBe('HTTP/1.1')
  expect([answered.status, answered.port]).toEqual([200, refused.port])
  expect(answered.text).toContain('You said: Hello')
})

it('refuses a WebSocket that the platform’s own client wants, at once', async () => {
  const gateway = await start()
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/responses`)

  const ending = await new Promise<string>((resolve) => {
    socket.onopen = () => resolve('open')
    socket.onerror = () => resolve('error')
  })

  expect(ending).toBe('error')
  const answer = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    body: '{"model":"chat:fake-chat","input":"Hello"}',
  })
  expect(answer.status).toBe(200)
})

it('says 426 also to who has no good key, so that it goes on over HTTP and hears of it there', async () => {
  const gateway = await start({ api_keys: ['sk-good'] })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())

  const refused = await send(gateway, agent, { method: 'GET', headers: codexHeaders })

  expect(refused.status).toBe(426)
})
