import { inspect } from 'node:util'
import { Secret } from '@jackfield/core'
import { type FakeServer, type Responder, reply, startFakeServer } from '@jackfield/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyTargets } from '../src/index.ts'
import { send, testBackend } from './doubles/backend.ts'
import { readBody } from './doubles/read-body.ts'

const event = { 'content-type': 'text/event-stream' }
const responders: readonly Responder[] = [
  reply(400, { error: 'bad' }),
  reply(401, { error: 'bad key' }),
  reply(429, 'slow'),
  reply(302, '', { location: 'https://other.example' }),
  reply(200, 'x', { 'content-encoding': 'compress' }),
  reply(200, '<html>', { 'content-type': 'text/html' }),
  [{ do: 'reset' }],
  [{ do: 'raw', bytes: 'nonsense\r\n\r\n' }, { do: 'hang' }],
  [
    { do: 'head', status: 200, headers: event },
    { do: 'write', bytes: 'data: 1\n\n' },
    { do: 'reset' },
  ],
]

describe('a key', () => {
  let server: FakeServer
  beforeAll(async () => {
    server = await startFakeServer([{ do: 'hang' }])
  })
  afterAll(() => server.close())

  it('is in no result, error, cause or backend, whatever the provider does', async () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_-]{16,48}$/)
    await fc.assert(
      fc.asyncProperty(key, fc.constantFrom(...responders), async (text, responder) => {
        server.respondWith(responder)
        const targets = keyTargets({
          type: 'acme',
          baseUrl: server.url,
          keys: [{ name: 'KEY', value: new Secret(text) }],
          defaults: { strategy: 'round-robin', affinity: 'none' },
          stateScope: 'provider',
        })
        const backend = testBackend(server.url, {
          definition: { targets },
          surface: { headers: { 'x-signed': text }, auth: { header: 'x-api-key' } },
        })

        const result = await send(backend)
        const body = 'ok' in result ? await readBody(result.ok.body) : undefined

        const seen = everythingIn([result, body?.failure, backend, targets.current(), targets])
        expect(seen).not.toContain(text)
        await backend.dispose?.()
      }),
      { numRuns: 60 },
    )
  })

  it('is in no log line', async () => {
    const lines: unknown[] = []
    const record = (...line: readonly unknown[]): void => void lines.push(line)
    const log = { debug: record, info: record, warn: record, error: record }
    server.respondWith(reply(401, {}))
    const backend = testBackend(server.url, { definition: { models: { known: [{ id: 'm' }] } } })

    await backend.models?.({ signal: new AbortController().signal, log })

    expect(lines.length).toBeGreaterThan(0)
    expect(everythingIn(lines)).not.toContain('sk-very-secret')
  })
})

/** Everything that printing could show, hidden and nested members included. */
function everythingIn(value: readonly unknown[]): string {
  const options = { depth: 12, showHidden: true, getters: true, maxArrayLength: null } as const
  return [JSON.stringify(value), inspect(value, options), ...value.map(String)].join('\n')
}
