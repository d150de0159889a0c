import { describe, expect, it } from 'vitest'
import type { GatewayConfig } from '../../src/config.ts'
import { createGateway, type GatewayOptions } from '../../src/create-gateway.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import type { CallEnd } from '../../src/events.ts'
import type { Gateway } from '../../src/gateway.ts'
import { Secret } from '../../src/secret.ts'
import {
  type Chat,
  recordingSink,
  saying,
  tinyCall,
  virtualPlugin,
} from '../support/gateway-parts.ts'

const talker: Chat = () => saying('one', 'two')

const config = (
  chats: Readonly<Record<string, Chat>>,
  rest: Partial<GatewayConfig> = {},
): GatewayConfig => ({
  backends: Object.entries(chats).map(([name, chat]) => ({
    name,
    plugin: virtualPlugin('virtual', chat),
    options: {},
  })),
  ...rest,
})

async function ask(gateway: Gateway, ...call: Parameters<typeof tinyCall>) {
  const ends: CallEnd[] = []
  const stop = gateway.events.on('call-end', (end) => ends.push(end))
  const sink = recordingSink()
  await gateway.handle(tinyCall(...call), sink)
  stop()
  return { ...sink.received, ends }
}

const start = (
  chats: Readonly<Record<string, Chat>>,
  rest?: Partial<GatewayConfig>,
  options?: Partial<GatewayOptions>,
) => createGateway({ config: config(chats, rest), ...options })

describe('a call', () => {
  it('streams what the backend says, and ends once', async () => {
    const gateway = await start({ a: talker })

    const { status, text, ending, ends } = await ask(gateway, { model: 'm', stream: true })

    expect([status, text, ending]).toEqual([
      200,
      'data: one\n\ndata: two\n\ndata: [end]\n\n',
      'end',
    ])
    expect(ends).toMatchObject([
      {
        status: 200,
        attempts: 1,
        finishReason: 'stop',
        usage: { source: 'provider', usage: { outputTokens: 2 } },
      },
    ])
  })

  it('answers whole when the client does not stream', async () => {
    const gateway = await start({ a: talker })

    const { headers, text } = await ask(gateway, { model: 'm' })

    expect(text).toBe('{"said":"onetwo"}')
    expect(headers).toMatchObject({ 'content-length': '17', 'x-jackfield-route': 'a.local:m' })
  })

  it('says in its route header what may not stand in a header', async () => {
    const gateway = await start({ a: talker })

    const { headers } = await ask(gateway, { model: 'mödel-漢' })

    expect(headers['x-jackfield-route']).toBe('a.local:m%C3%B6del-%E6%BC%A2')
  })

  it('ends as a typed error after a break, never cleanly', async () => {
    const gateway = await start({
      a: async function* () {
        yield [
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', text: 'half' },
        ]
        throw new GatewayError('upstream_unreachable', 'gone')
      },
    })

    const { status, text, ends } = await ask(gateway, { model: 'm', stream: true })

    expect([status, text]).toEqual([200, 'data: half\n\ndata: [error] stream_interrupted\n\n'])
    expect(ends).toMatchObject([{ status: 200, error: { code: 'stream_interrupted' } }])
  })

  it('ends as a typed error when a backend stops without a finish', async () => {
    const gateway = await start({
      a: async function* () {
        yield [
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', text: 'half' },
        ]
      },
    })

    const { text } = await ask(gateway, { model: 'm', stream: true })

    expect(text).toBe('data: half\n\ndata: [error] stream_interrupted\n\n')
  })

  it.each([
    [
      'throws a junk value',
      () => {
        throw 'junk'
      },
    ],
    ['returns no iterable', () => 3 as never],
  ] as readonly (readonly [string, Chat])[])('survives a backend that %s', async (_, chat) => {
    const gateway = await start({ a: chat })

    const { status, ending, ends } = await ask(gateway, { model: 'm' })
    const next = await ask(gateway, { model: 'm' })

    expect(status).toBeGreaterThanOrEqual(500)
    expect([ending, ends.length, next.ends.length]).toEqual(['end', 1, 1])
  })

  it('goes to the next leaf when the first fails before its first part', async () => {
    const gateway = await start({
      a: async function* () {
        yield [{ type: 'start' }]
        throw new GatewayError('upstream_overloaded', 'busy')
      },
      b: talker,
    })

    const { text, ends } = await ask(gateway, { model: 'a:m|b:m', stream: true })

    expect(text).toBe('data: one\n\ndata: two\n\ndata: [end]\n\n')
    expect(ends).toMatchObject([{ attempts: 2, route: { backend: 'b' } }])
  })

  it('is nobody’s failure when the client leaves', async () => {
    let cancelled = false
    const gateway = await start({
      async *a(_request, { signal }) {
        yield [
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', text: 'half' },
        ]
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        cancelled = true
      },
    })
    const client = new AbortController()
    const ends: CallEnd[] = []
    gateway.events.on('call-end', (end) => ends.push(end))
    const sink = recordingSink()
    const handled = gateway.handle(
      tinyCall({ model: 'm', stream: true }, { signal: client.signal }),
      sink,
    )
    while (sink.received.text === '') await new Promise(setImmediate)

    client.abort()
    await handled

    expect(cancelled).toBe(true)
    expect(sink.received.text).toBe('data: half\n\n')
    expect(ends).toMatchObject([{ error: { code: 'client_closed_request' } }])
    expect(gateway.health()).toMatchObject({
      openCalls: 0,
      backends: [{ targets: [{ state: 'ready', inFlight: 0 }] }],
    })
  })
})

describe('client keys', () => {
  const keys = { clientKeys: [{ name: 'alice', key: new Secret('alice-key'), backends: ['a'] }] }

  it.each([
    ['authorization', 'Bearer alice-key'],
    ['authorization', 'bearer  alice-key'],
    ['x-api-key', 'alice-key'],
    ['x-goog-api-key', 'alice-key'],
  ])('are accepted in %s', async (name, value) => {
    const gateway = await start({ a: talker }, keys)

    const { status, ends } = await ask(gateway, { model: 'm' }, { headers: { [name]: value } })

    expect([status, ends[0]?.principal]).toEqual([200, 'alice'])
  })

  it.each([
    ['none', {}],
    ['a wrong one', { 'x-api-key': 'bob-key' }],
  ])('refuse %s with 401 and one log line', async (_, headers) => {
    const gateway = await start({ a: talker }, keys)

    const { status, ends } = await ask(gateway, { model: 'm' }, { headers })

    expect(status).toBe(401)
    expect(ends).toMatchObject([{ status: 401, error: { code: 'unauthenticated' }, attempts: 0 }])
  })

  it('limit the backends that may be used', async () => {
    const gateway = await start({ a: talker, b: talker }, keys)

    const { status } = await ask(
      gateway,
      { model: 'b:m' },
      { headers: { 'x-api-key': 'alice-key' } },
    )

    expect(status).toBe(403)
  })
})

describe('stages', () => {
  it('see the call in their order, and may answer it', async () => {
    const seen: string[] = []
    const gateway = await start(
      { a: talker },
      {},
      {
        stages: [
          { name: 'first', request: () => void seen.push('first') },
          {
            name: 'second',
            request: () => ({ content: [{ type: 'text', text: 'from a stage' }] }),
          },
          { name: 'third', request: () => void seen.push('third') },
        ],
      },
    )

    const { text, ends } = await ask(gateway, { model: 'm' })

    expect([text, seen]).toEqual(['{"said":"from a stage"}', ['first']])
    expect(ends).toMatchObject([{ status: 200, attempts: 0 }])
  })

  it('may pick another place, set parameters and annotate', async () => {
    let temperature: number | undefined
    const gateway = await start(
      {
        a: talker,
        b(request) {
          temperature = request.temperature
          return saying('b')
        },
      },
      { parameters: { defaults: { temperature: 1 } } },
      {
        stages: [
          {
            name: 'steer',
            request(call) {
              call.pick('b:m', 'session')
              call.set({ temperature: 0.5 })
              call.annotate('x-steered', 'yes')
            },
          },
        ],
      },
    )

    const { text, headers } = await ask(gateway, { model: 'a:m' })

    expect([text, temperature, headers['x-steered']]).toEqual(['{"said":"b"}', 0.5, 'yes'])
  })

  it('may change the answer', async () => {
    const gateway = await start(
      { a: talker },
      {},
      {
        stages: [
          {
            name: 'shout',
            response: () => (parts) =>
              parts.map((part) =>
                part.type === 'text-delta' ? { ...part, text: part.text.toUpperCase() } : part,
              ),
          },
        ],
      },
    )

    expect((await ask(gateway, { model: 'm' })).text).toBe('{"said":"ONETWO"}')
  })

  it('that throw fail their call only, and hear its end', async () => {
    let settled = 0
    const gateway = await start(
      { a: talker },
      {},
      {
        stages: [
          {
            name: 'broken',
            request: () => {
              throw new Error('bug')
            },
            settled: () => {
              settled += 1
              throw new Error('bug')
            },
          },
        ],
      },
    )

    const { status, text, ends } = await ask(gateway, { model: 'm' })

    expect([status, settled, ends.length]).toEqual([500, 1, 1])
    expect(text).not.toContain('bug')
  })
})

describe('virtual backends that call others', () => {
  it('get the answer of the other, whose usage is in the total once', async () => {
    const gateway = await start({
      async *a(request, context) {
        yield* context.dispatch('b:m', request).parts
      },
      b: talker,
    })

    const { text, ends } = await ask(gateway, { model: 'a:m' })

    expect(text).toBe('{"said":"onetwo"}')
    expect(ends[0]?.totalUsage.usage?.outputTokens).toBe(2)
  })

  it('may stop reading: the other call is cancelled', async () => {
    let stopped = false
    const gateway = await start({
      async *a(request, context) {
        for await (const parts of context.dispatch('b:m', request).parts) {
          if (parts.some((part) => part.type === 'text-delta')) break
        }
        yield* saying('enough')
      },
      async *b(_request, { signal }) {
        yield [
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', text: 'one' },
        ]
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        stopped = true
      },
    })

    const { text } = await ask(gateway, { model: 'a:m' })

    expect([text, stopped]).toEqual(['{"said":"enough"}', true])
  })

  it('cannot go round for ever', async () => {
    const gateway = await start(
      {
        async *a(request, context) {
          yield* context.dispatch('a:m', request).parts
        },
      },
      { limits: { maxTries: 50 } },
    )

    const { status, text } = await ask(gateway, { model: 'a:m' })

    expect(status).toBeGreaterThanOrEqual(400)
    expect(text).toMatch(/deep/)
  })

  it('have the permissions of their caller', async () => {
    const gateway = await start(
      {
        async *a(request, context) {
          yield* context.dispatch('b:m', request).parts
        },
        b: talker,
      },
      { clientKeys: [{ name: 'ci', key: new Secret('ci-key'), backends: ['a'] }] },
    )

    const { status } = await ask(gateway, { model: 'a:m' }, { headers: { 'x-api-key': 'ci-key' } })

    expect(status).toBe(403)
  })
})
