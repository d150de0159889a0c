import { type OpenAIChatFake, startOpenAIChatFake } from '@jackfield/testkit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startGateway, type TestGateway } from './harness.ts'
import { post, sendRaw } from './raw-request.ts'

let fake: OpenAIChatFake
let gateway: TestGateway

beforeEach(async () => {
  fake = await startOpenAIChatFake({})
  onTestFinished(() => fake.close())
  gateway = await startGateway(`
backends:
  openai: { base_url: "${fake.baseUrl}", api_key: sk-fake }
  other: { type: openai-compatible, base_url: "${fake.baseUrl}", api_key: sk-fake, models: [other-model] }
`)
})

const messages = '"messages":[{"role":"user","content":"Hi"}]'
const good = `{"model":"fake-chat",${messages}}`

interface Mistake {
  readonly body: string | Uint8Array
  readonly status: number
  /** What the message must name. */
  readonly names: RegExp
  readonly code?: string
}

const mistakes: Readonly<Record<string, Mistake>> = {
  'malformed JSON': { body: `{"model":"fake-chat",${messages}`, status: 400, names: /byte \d+/ },
  'trailing garbage': { body: `${good} x`, status: 400, names: /byte \d+/ },
  'an empty body': { body: '', status: 400, names: /body/ },
  'an array instead of an object': { body: '[]', status: 400, names: /object/ },
  'a wrong type of model': { body: `{"model":3,${messages}}`, status: 400, names: /`model`/ },
  'a wrong type of stream': {
    body: `{"model":"fake-chat","stream":"yes",${messages}}`,
    status: 400,
    names: /`stream`/,
  },
  'a wrong type of messages': {
    body: '{"model":"fake-chat","messages":"Hi"}',
    status: 400,
    names: /`messages`/,
  },
  'no messages': { body: '{"model":"fake-chat"}', status: 400, names: /`messages`/ },
  'empty messages': {
    body: '{"model":"fake-chat","messages":[]}',
    status: 400,
    names: /`messages`/,
  },
  'no model and no default': { body: `{${messages}}`, status: 400, names: /`model`/ },
  'an unknown model': {
    body: `{"model":"nobody-knows",${messages}}`,
    status: 404,
    names: /nobody-knows.*openai, other/,
    code: 'model_not_found',
  },
  'an unknown backend': {
    body: `{"model":"nowhere:fake-chat",${messages}}`,
    status: 404,
    names: /nowhere:fake-chat/,
  },
  'a malformed selector': {
    body: `{"model":"openai:a|other:b^openai:c",${messages}}`,
    status: 400,
    names: /column \d+/,
  },
  'the model twice': {
    body: `{"model":"fake-chat","model":"other",${messages}}`,
    status: 400,
    names: /"model"/,
  },
  'the model twice, once escaped': {
    body: `{"model":"fake-chat","mod\\u0065l":"x",${messages}}`,
    status: 400,
    names: /"model"/,
  },
  'deep nesting': {
    body: `{"model":"fake-chat","messages":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    status: 400,
    names: /deep/,
  },
  'invalid UTF-8': {
    body: Buffer.concat([
      Buffer.from('{"model":"fake-chat","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`",${messages}}`),
    ]),
    status: 400,
    names: /UTF-8/,
  },
  'a NUL byte': { body: `{"model":"fake\u0000chat",${messages}}`, status: 400, names: /byte \d+/ },
}

describe('bad bodies are refused before any provider sees them', () => {
  it.each(Object.entries(mistakes))('%s, below /v1', async (_, { body, status, names, code }) => {
    const reply = await sendRaw(gateway.url, post('/v1/chat/completions', body))

    expect(reply.status).toBe(status)
    const { error } = JSON.parse(reply.body)
    expect(error).toMatchObject({
      message: expect.stringMatching(names),
      type: 'invalid_request_error',
    })
    if (code !== undefined) expect(error.code).toBe(code)
    expect(fake.keysUsed()).toHaveLength(0)
  })

  it.each(Object.entries(mistakes))('%s, on the bare path', async (_, { body, status, names }) => {
    const reply = await sendRaw(gateway.url, post('/chat/completions', body))

    expect(reply.status).toBe(status === 404 ? 503 : status)
    expect(JSON.parse(reply.body)).toEqual({ error: expect.stringMatching(names) })
    expect(fake.keysUsed()).toHaveLength(0)
  })
})

describe('bad HTTP is refused, and the server goes on', () => {
  const requests: Readonly<Record<string, readonly [bytes: string | Uint8Array, status: number]>> =
    {
      'a body over the limit': [
        post('/v1/chat/completions', '', ['content-length: 99999999']),
        413,
      ],
      'a header of 64 KB': [
        post('/v1/chat/completions', good, [`x-long: ${'x'.repeat(70_000)}`]),
        431,
      ],
      '2,000 headers': [post('/v1/chat/completions', good, manyHeaders(2_100)), 431],
      'headers without end': [post('/v1/chat/completions', good, manyHeaders(20_000)), 431],
      'content-length twice': [
        post('/v1/chat/completions', good, ['content-length: 5', 'content-length: 6']),
        400,
      ],
      'content-length and transfer-encoding together': [
        post('/v1/chat/completions', good, ['content-length: 5', 'transfer-encoding: chunked']),
        400,
      ],
      'an unsupported content encoding': [
        post('/v1/chat/completions', good, ['content-encoding: compress']),
        415,
      ],
      'a body that is not what its encoding says': [
        post('/v1/chat/completions', good, ['content-encoding: gzip']),
        400,
      ],
      'a NUL in the path': [
        'GET /v1/\u0000models HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
        400,
      ],
      'a bad escape in the path': [
        'GET /v1/models/%zz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
        400,
      ],
      'an unknown path': [
        'GET /v1/nothing HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
        404,
      ],
      'a wrong method': [
        'GET /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
        405,
      ],
      'a foreign host name': [
        `GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`,
        403,
      ],
      'no HTTP at all': ['\u0016\u0003\u0001 hello\r\n\r\n', 400],
    }

  it.each(Object.entries(requests))('%s', async (_, [bytes, status]) => {
    const reply = await sendRaw(gateway.url, bytes)
    const after = await sendRaw(gateway.url, post('/v1/chat/completions', good))

    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.body)).toHaveProperty('error')
    expect(after.status).toBe(200)
  })
})

function manyHeaders(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `x-${index}: v`)
}
