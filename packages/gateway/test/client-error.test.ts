import { describe, expect, it } from 'vitest'
import { post, rawClient } from './support/raw-client.ts'
import { type TestAppOptions, testApp } from './support/test-app.ts'

async function send(bytes: string, options: TestAppOptions = {}) {
  const { listen, gateway } = await testApp(options)
  const port = await listen()
  const client = await rawClient(port)
  client.send(bytes)
  await client.closed()
  return { client, gateway, port }
}

/** The JSON body of what arrived. */
function body(text: string): { error: unknown } {
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
}

const line = 'POST /v1/call HTTP/1.1\r\nhost: a\r\n'
const bad: readonly [string, string, number][] = [
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['two content lengths', `${line}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 400],
  ['a length and chunks', `${line}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`, 400],
  ['a NUL in the path', 'POST /v1/c\0all HTTP/1.1\r\nhost: a\r\n\r\n', 400],
  ['a NUL in a header', `${line}x-a: \0\r\n\r\n`, 400],
  ['a bad chunk', `${line}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['64 KB of headers', `${line}x-a: ${'a'.repeat(65_536)}\r\n\r\n`, 431],
  [
    '2,000 headers',
    `${line}${Array.from({ length: 2_000 }, (_, at) => `x-${at}: value\r\n`).join('')}\r\n`,
    431,
  ],
]

describe('bytes that are no request', () => {
  it.each(bad)(
    'with %s are refused with JSON, and the server goes on',
    async (_name, bytes, status) => {
      const { client, gateway, port } = await send(bytes)

      expect(client.text()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(client.text()).toContain('connection: close')
      expect(body(client.text())).toMatchObject({ error: { type: 'invalid_request_error' } })
      expect(gateway.inputs).toEqual([])

      const next = await rawClient(port)
      next.send(post('/v1/call', '{}'))
      await next.until('{"ok":true}')
    },
  )

  it('are refused in the form of their path, as far as it can be read', async () => {
    const { client } = await send('POST /completions HTTP/1.1\r\nhost: a\r\nx-a: \0\r\n\r\n')

    expect(body(client.text())).toEqual({ error: 'The request is not valid HTTP.' })
  })

  it('that do not come in time are told so', async () => {
    const { client } = await send(
      'POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf',
      {
        server: {
          requestTimeout: 40,
          http: { connectionsCheckingInterval: 20, headersTimeout: 30 },
        },
      },
    )

    expect(client.text()).toMatch(/^HTTP\/1.1 408 /)
    expect(body(client.text())).toHaveProperty('error.message')
  })

  it('do not end up in an answer that has begun', async () => {
    const { listen } = await testApp({
      handle: (_input, sink) => {
        sink.start(200, { 'content-type': 'text/event-stream' })
        sink.write(Buffer.from('data: 1\n\n'))
      },
    })
    const client = await rawClient(await listen())
    client.send(post('/v1/call', '{}'))
    await client.until('data: 1')

    client.send('\0\0\0\r\n\r\n')
    await client.closed()

    expect(client.text()).not.toContain('400')
  })
})
