import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialectName, dialects } from '../../compatibility/client.ts'
import { startWorld, type World } from '../../compatibility/world.ts'
import { startGateway } from '../harness.ts'
import { post, type RawReply, sendRaw } from '../raw-request.ts'
import { wires } from '../wires.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

interface Case {
  readonly client: DialectName
  /** Path of a generation. */
  readonly path: string
  /** A good body. */
  readonly body: string
}

/** Bytes of a request that cannot be served, and the status that it gets. */
type Broken = (good: Case) => readonly [bytes: string | Uint8Array, status: number, says: RegExp]

const broken: Readonly<Record<string, Broken>> = {
  'no body': ({ path }) => [post(path, ''), 400, /body/],
  'white space': ({ path }) => [post(path, ' \n '), 400, /body|byte/],
  'text that is not JSON': ({ path }) => [post(path, 'Hello'), 400, /byte 0/],
  'half a body': ({ path, body }) => [post(path, body.slice(0, -1)), 400, /byte \d+/],
  'something after the body': ({ path, body }) => [post(path, `${body}{}`), 400, /byte \d+/],
  'a list instead of an object': ({ path }) => [post(path, '[]'), 400, /object/],
  'text instead of an object': ({ path }) => [post(path, '"Hi"'), 400, /object/],
  'null instead of an object': ({ path }) => [post(path, 'null'), 400, /object/],
  'bytes that are no UTF-8': ({ path, body }) => [
    post(path, Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff]), body2(body)])),
    400,
    /UTF-8/,
  ],
  'nesting without end': ({ path, body }) => [
    post(path, `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)},${body.slice(1)}`),
    400,
    /deep/,
  ],
  'a body over the limit': ({ path }) => [
    post(path, '', ['content-length: 99999999']),
    413,
    /larger|large|limit/,
  ],
  'a form': ({ path }) => [
    post(path, 'model=x', ['content-type: application/x-www-form-urlencoded']),
    400,
    /byte 0/,
  ],
  'an unknown content encoding': ({ path, body }) => [
    post(path, body, ['content-encoding: compress']),
    415,
    /compress/,
  ],
  'a wrong method': ({ path }) => [
    `PUT ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    405,
    /PUT/,
  ],
}

function body2(body: string): Buffer {
  return Buffer.from(`",${body.slice(1)}`)
}

/** Paths that nobody serves, among those that belong to one protocol. */
const unknownPaths: Readonly<Record<DialectName, readonly string[]>> = {
  'openai-chat': ['/v1/nothing', '/v1/chat', '/v1/chat/completions/more'],
  'openai-responses': ['/v1/responses/a/b/c'],
  'anthropic-messages': ['/anthropic/v1/nothing', '/v1/messages/nothing'],
  gemini: ['/v1beta/nothing', '/v1alpha/nothing'],
}

function generations(): number {
  const requests = world.providers.flatMap(({ server }) => server.requests)
  return requests.filter(({ method }) => method === 'POST').length
}

function errorOf(client: DialectName, { body }: RawReply) {
  return wires[client].readError(JSON.parse(body))
}

describe.each(dialects)('HTTP of clients of %s', (client) => {
  const model = `${client}:fake-chat`
  const good: Case = {
    client,
    path: wires[client].path(model),
    body: JSON.stringify(wires[client].body(model)),
  }

  it.each(Object.entries(broken))('is refused with %s', async (_, make) => {
    const [bytes, status, says] = make(good)
    const before = generations()

    const reply = await sendRaw(world.gateway.url, bytes)

    expect(reply.status).toBe(status)
    expect(reply.head).toMatch(/content-type: application\/json/i)
    expect(errorOf(client, reply).message).toMatch(says)
    expect(generations()).toBe(before)
  })

  it.each(unknownPaths[client])('is refused at %s', async (path) => {
    const reply = await sendRaw(world.gateway.url, post(path, good.body))

    expect(reply.status).toBe(404)
    expect(errorOf(client, reply).message).toContain(path)
  })

  it('is refused with an unknown model', async () => {
    const unknown = 'nobody-knows:x'
    const body = JSON.stringify(wires[client].body(unknown))
    const before = generations()

    const reply = await sendRaw(world.gateway.url, post(wires[client].path(unknown), body))

    expect(reply.status).toBe(404)
    expect(errorOf(client, reply)).toMatchObject({
      type: expect.stringMatching(/invalid_request_error|not_found_error|NOT_FOUND/),
      message: expect.stringContaining(unknown),
    })
    expect(generations()).toBe(before)
  })

  it('goes on after all of that', async () => {
    const reply = await sendRaw(world.gateway.url, post(good.path, good.body))

    expect(reply.status).toBe(200)
  })
})

describe.each(dialects)('a gateway with keys, for clients of %s', (client) => {
  const { path, body, credential, readError } = wires[client]
  const model = `${client}:fake-chat`

  it.each([
    ['no key', {}, 401],
    ['a wrong key', credential('client-two'), 401],
    ['an empty key', credential(''), 401],
    ['the right key', credential('client-one'), 200],
  ])('with %s', async (_, headers, status) => {
    const [provider] = world.providers.filter(({ dialect }) => dialect === client)
    const gateway = await startGateway(
      JSON.stringify({ backends: { [client]: provider?.backend } }),
      { argv: ['--api-key', 'client-one'] },
    )
    const before = generations()

    const answer = await fetch(`${gateway.url}${path(model)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body(model)),
    })

    const answered: unknown = await answer.json()
    expect(answer.status).toBe(status)
    if (status === 200) return
    expect(readError(answered).type).toMatch(/authentication_error|UNAUTHENTICATED/)
    expect(generations()).toBe(before)
  })
})
