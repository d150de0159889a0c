import type { Gateway, GatewayError } from '@jackfield/core'
import { openaiResponses } from '@jackfield/dialect-openai'
import { type OpenAIResponsesFake, reply, startOpenAIResponsesFake } from '@jackfield/testkit'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import anyServer, {
  type AnyServerOptions,
  type OpenAICompatibleDefinition,
  openAICompatible,
} from '../src/index.ts'
import { type CallOptions, call, gatewayWith } from './call.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const asResponses: CallOptions = { dialect: openaiResponses, path: '/v1/responses' }

/** A dialect that no server has, so that its calls are translated. */
const foreign: CallOptions = { dialect: { ...openaiResponses, name: 'foreign' } }

describe('a server with the Responses API', () => {
  let fake: OpenAIResponsesFake
  const gateways: Gateway[] = []
  beforeEach(async () => {
    fake = await startOpenAIResponsesFake({
      chat: true,
      routes: { 'POST /responses/compact': () => reply(200, { object: 'response.compaction' }) },
    })
  })
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.close({ graceMs: 0 })
    await fake.close()
  })

  const start = async (options: Partial<AnyServerOptions> = {}): Promise<Gateway> => {
    const all = { base_url: fake.baseUrl, api_keys: ['sk-fake'], ...options }
    const gateway = await gatewayWith(anyServer, all)
    gateways.push(gateway)
    return gateway
  }
  const paths = () => fake.server.requests.map(({ method, path }) => `${method} ${path}`)
  const body = { model: 'fake-chat', input: 'Hello' }

  it('gets the requests of Responses clients as they are', async () => {
    const gateway = await start({ responses: true })

    const got = await call(gateway, { ...body, metadata: { own: '1' } }, asResponses)

    expect(JSON.parse(got.text)).toMatchObject({ object: 'response', status: 'completed' })
    expect(paths()).toEqual(['POST /v1/responses'])
    expect(fake.server.requests[0]?.text()).toBe(
      JSON.stringify({ ...body, metadata: { own: '1' } }),
    )
  })

  it('keeps what is stored there, and answers for it', async () => {
    const gateway = await start({ responses: true })
    const { id } = JSON.parse((await call(gateway, body, asResponses)).text)
    const stored = { dialect: openaiResponses, operation: 'resource' } as const

    const found = await call(gateway, undefined, {
      ...stored,
      method: 'GET',
      path: `/v1/responses/${id}`,
    })
    await call(gateway, undefined, { ...stored, method: 'DELETE', path: `/v1/responses/${id}` })

    expect(JSON.parse(found.text)).toMatchObject({ id })
    expect(paths().slice(1)).toEqual([`GET /v1/responses/${id}`, `DELETE /v1/responses/${id}`])
  })

  it('is not asked to count tokens, which few servers do', async () => {
    const gateway = await start({ responses: true })

    const count = await call(gateway, body, {
      ...asResponses,
      operation: 'count-tokens',
      path: '/v1/responses/input_tokens',
    })

    expect(JSON.parse(count.text)).toMatchObject({ object: 'response.input_tokens' })
    expect(count.headers).toHaveProperty('x-jackfield-estimated')
    expect(paths()).toEqual([])
  })

  it('compacts', async () => {
    const gateway = await start({ responses: true })

    const compact = await call(gateway, body, {
      ...asResponses,
      operation: 'opaque',
      path: '/v1/responses/compact',
    })

    expect(JSON.parse(compact.text)).toEqual({ object: 'response.compaction' })
    expect(paths()).toEqual(['POST /v1/responses/compact'])
  })

  it.each([
    [{}, '/v1/chat/completions', '/v1/chat/completions'],
    [{ responses: true }, '/v1/responses', '/v1/chat/completions'],
    [{ responses: true, dialect: 'openai-responses' }, '/v1/responses', '/v1/responses'],
    [{ dialect: 'openai-responses' }, '/v1/responses', '/v1/responses'],
    [{ responses: true, forward: false }, '/v1/responses', '/v1/chat/completions'],
  ] as const)('with %j is asked at %s by Responses clients, at %s by others', async (...row) => {
    const [options, own, others] = row
    const gateway = await start(options)

    const forwarded = await call(gateway, body, asResponses)
    const translated = await call(gateway, body, foreign)
    const chat = await call(gateway, { model: 'fake-chat', messages })

    expect(paths()).toEqual([own, others, '/v1/chat/completions'].map((path) => `POST ${path}`))
    for (const { text } of [forwarded, translated]) {
      expect(JSON.parse(text)).toMatchObject({ object: 'response', status: 'completed' })
    }
    expect(JSON.parse(chat.text)).toMatchObject({ object: 'chat.completion' })
  })
})

describe('a definition', () => {
  const definition: OpenAICompatibleDefinition = {
    type: 'acme',
    base_url: 'https://api.acme.example/v1',
  }
  const allows = (plugin: { readonly options: object }, options: object) =>
    Compile(plugin.options).Check({ api_keys: ['k'], ...options })

  it('gives its operators the choice where it has the Responses API', () => {
    const without = openAICompatible(definition)
    const able = openAICompatible({ ...definition, responses: { namespaces: false } })

    expect(allows(without, { dialect: 'openai-responses' })).toBe(false)
    expect(allows(able, { dialect: 'openai-responses' })).toBe(true)
    expect(allows(able, { dialect: 'gemini' })).toBe(false)
    expect(allows(able, {})).toBe(true)
  })

  it('says whether tokens are counted', async () => {
    const fake = await startOpenAIResponsesFake({ chat: true })
    const acme = openAICompatible({ ...definition, responses: true, token_counts: true })
    const gateway = await gatewayWith(acme, { base_url: fake.baseUrl, api_keys: ['sk-fake'] })
    const operation = 'count-tokens'

    const count = await call(
      gateway,
      { model: 'fake-chat', input: 'Hello' },
      { ...asResponses, operation, path: '/v1/responses/input_tokens' },
    )

    expect(count.headers).not.toHaveProperty('x-jackfield-estimated')
    expect(fake.server.requests.map(({ path }) => path)).toEqual(['/v1/responses/input_tokens'])
    await gateway.close({ graceMs: 0 })
    await fake.close()
  })

  it('says what errors mean, on both surfaces', async () => {
    const fake = await startOpenAIResponsesFake({ chat: true })
    const acme = openAICompatible({
      ...definition,
      responses: true,
      error_codes: { odd_code: 'upstream_overloaded' },
    })
    const gateway = await gatewayWith(acme, { base_url: fake.baseUrl, api_keys: ['sk-fake'] })
    const codes: (GatewayError | undefined)[] = []
    gateway.events.on('attempt-end', ({ outcome }) => codes.push(outcome.error))
    fake.server.respondWith(reply(400, { error: { message: 'no', code: 'odd_code' } }))

    await call(gateway, { model: 'fake-chat', messages })
    await call(gateway, { model: 'fake-chat', input: 'x' }, asResponses)

    expect(new Set(codes.map((error) => error?.code))).toEqual(new Set(['upstream_overloaded']))
    await gateway.close({ graceMs: 0 })
    await fake.close()
  })
})
