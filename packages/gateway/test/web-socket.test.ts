import { expect, it } from 'vitest'
import { post, rawClient } from './support/raw-client.ts'
import { testApp } from './support/test-app.ts'

const handshake = (path: string) =>
  [
    `GET ${path} HTTP/1.1`,
    'host: test',
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n')

it('tells clients that want a WebSocket to stay with HTTP, on the same connection', async () => {
  const { listen, gateway } = await testApp()
  const client = await rawClient(await listen())

  client.send(handshake('/v1/call'))
  await client.until('"form":"nested"}')
  const refusal = client.text().toLowerCase()
  client.send(post('/v1/call', '{}'))
  await client.until('{"ok":true}')

  expect(refusal).toMatch(/^http\/1\.1 426 upgrade required\r\n/)
  expect(refusal).toContain('\r\nupgrade: http/1.1\r\n')
  expect(refusal).toContain('\r\nconnection: upgrade\r\n')
  expect(refusal).toContain('\r\nx-dialect: test\r\n')
  expect(gateway.inputs).toHaveLength(1)
})

it('takes a GET for what it is where the path has an answer to it', async () => {
  const { listen } = await testApp()
  const client = await rawClient(await listen())

  client.send(handshake('/health'))
  await client.until('"status":"healthy"')

  expect(client.text()).toMatch(/^HTTP\/1\.1 200 /)
})

it.each([
  ['GET', {}],
  ['GET', { upgrade: 'h2c' }],
  ['PUT', { upgrade: 'websocket' }],
] as const)('refuses %s with %j as a method that is not allowed', async (method, headers) => {
  const { app } = await testApp()

  const answer = await app.inject({ method, url: '/v1/call', headers })

  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST, OPTIONS'])
})
