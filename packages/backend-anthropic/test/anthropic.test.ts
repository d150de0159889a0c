import { readFileSync } from 'node:fs'
import {
  type BackendContext,
  createGateway,
  createMemoryStateStore,
  type Dialect,
  defaultNetwork,
  type Gateway,
  type Headers,
  silentLogger,
  systemClock,
} from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { openaiChat } from '@jackfield/dialect-openai'
import { type AnthropicFake, MemorySink, reply, startAnthropicFake } from '@jackfield/testkit'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import anthropic, { type AnthropicOptions } from '../src/index.ts'

const context: BackendContext = {
  name: 'anthropic',
  log: silentLogger,
  clock: systemClock,
  random: () => 0.5,
  state: createMemoryStateStore({ clock: systemClock }),
  userAgent: 'jackfield/test',
  network: defaultNetwork,
}

const principal = { id: 'local', name: 'local' }
const messages = [{ role: 'user', content: 'Hello' }]
const supported = { supported: true }
const adaptive = {
  thinking: { ...supported, types: { adaptive: supported, enabled: { supported: false } } },
  effort: { ...supported, low: supported, medium: supported, high: supported, xhigh: null },
  structured_outputs: { supported: false },
  image_input: supported,
}

describe('the anthropic backend', () => {
  let fake: AnthropicFake
  let gateway: Gateway | undefined
  beforeEach(async () => {
    fake = await startAnthropicFake({
      models: [
        'claude-sonnet-4-5-20250929',
        { id: 'brand-new', max_tokens: 50_000, max_input_tokens: 7_000, capabilities: adaptive },
        { id: 'vague', max_tokens: null, max_input_tokens: null, created_at: 'soon' },
      ],
      routes: { 'GET /files': () => reply(200, { data: [] }) },
    })
  })
  afterEach(async () => {
    await gateway?.close({ graceMs: 0 })
    gateway = undefined
    await fake.close()
  })

  const start = async (options: Partial<AnthropicOptions> = {}): Promise<Gateway> => {
    const all = { base_url: fake.baseUrl, api_keys: ['sk-fake'], ...options }
    gateway = await createGateway({
      config: { backends: [{ name: 'anthropic', plugin: anthropic, options: all }] },
    })
    return gateway
  }

  const ask = async (
    running: Gateway,
    body: object,
    { dialect = anthropicMessages, headers = {}, path = '/v1/messages', query = '' }: Asked = {},
  ) => {
    const sink = new MemorySink()
    await running.handle(
      {
        operation: path.endsWith('count_tokens') ? 'count-tokens' : 'chat',
        dialect,
        method: 'POST',
        path,
        query,
        headers: { 'content-type': 'application/json', ...headers },
        body: Buffer.from(JSON.stringify(body)),
        signal: new AbortController().signal,
      },
      sink,
    )
    return sink
  }

  interface Asked {
    readonly dialect?: Dialect
    readonly headers?: Headers
    readonly path?: string
    readonly query?: string
  }

  const sent = () => fake.server.requests.at(-1)

  it('describes every option in its README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const { properties } = Object(anthropic.options)

    const missing = Object.keys(Object(properties)).filter(
      (name) => !readme.includes(`\`${name}\``),
    )

    expect(missing).toEqual([])
  })

  it('needs a key and nothing else', () => {
    const validator = Compile(anthropic.options)

    expect(validator.Check({ api_keys: ['sk-1'] })).toBe(true)
    expect(validator.Check({})).toBe(false)
    expect(validator.Check({ api_keys: ['sk-1'], dialect: 'x' })).toBe(false)
  })

  it('sends a version of the API where the client sends none, and the client’s as it is', async () => {
    const running = await start()
    const body = { model: 'brand-new', max_tokens: 9, messages }

    await ask(running, body)
    const own = sent()?.headers
    await ask(running, body, {
      headers: { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a-1, b-2' },
      query: 'beta=true',
    })

    expect(own).toMatchObject({ 'x-api-key': 'sk-fake', 'anthropic-version': '2023-06-01' })
    expect(own).not.toHaveProperty('authorization')
    expect(sent()?.headers).toMatchObject({
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'a-1, b-2',
    })
    expect(sent()).toMatchObject({ path: '/v1/messages', query: 'beta=true' })
  })

  it('sends that version with translated requests too, and with questions for models', async () => {
    const running = await start()

    await running.models(principal)
    const listing = sent()?.headers
    await ask(running, { model: 'brand-new', messages }, { dialect: openaiChat })

    expect(listing).toMatchObject({ 'anthropic-version': '2023-06-01' })
    expect(sent()?.headers).toMatchObject({ 'anthropic-version': '2023-06-01' })
  })

  it.each(['', '/', '/v1', '/v1/'])('takes a base URL that ends in "%s"', async (end) => {
    const running = await start({ base_url: `${fake.server.url}${end}` })

    await ask(running, { model: 'brand-new', max_tokens: 9, messages })

    expect(sent()?.path).toBe('/v1/messages')
  })

  it('counts tokens where Anthropic does, for whichever client', async () => {
    const running = await start()
    const path = '/v1/messages/count_tokens'

    const answer = await ask(running, { model: 'brand-new', messages }, { path })

    expect(JSON.parse(answer.text)).toEqual({ input_tokens: expect.any(Number) })
    expect(sent()?.path).toBe(path)
  })

  it('passes on what it does not read, below the same version', async () => {
    const running = await start()
    const sink = new MemorySink()

    await running.handle(
      {
        operation: 'opaque',
        dialect: anthropicMessages,
        method: 'GET',
        path: '/v1/files',
        query: 'limit=2',
        headers: { 'x-jackfield-backend': 'anthropic' },
        signal: new AbortController().signal,
      },
      sink,
    )

    expect(JSON.parse(sink.text)).toEqual({ data: [] })
    expect(sent()).toMatchObject({ path: '/v1/files', query: 'limit=2' })
  })

  describe('lists', () => {
    it('what Anthropic lists, and what of it is known besides', async () => {
      const running = await start()

      const models = await running.models(principal)

      expect(models).toEqual([
        {
          id: 'claude-sonnet-4-5-20250929',
          ownedBy: 'anthropic',
          created: Date.UTC(2026, 0, 1) / 1000,
          contextWindow: 200_000,
          maxOutputTokens: 64_000,
          capabilities: ['tools', 'images-in', 'files-in', 'reasoning', 'structured-output'],
        },
        {
          id: 'brand-new',
          ownedBy: 'anthropic',
          created: Date.UTC(2026, 0, 1) / 1000,
          contextWindow: 7_000,
          maxOutputTokens: 50_000,
          capabilities: ['tools', 'images-in', 'reasoning'],
        },
        { id: 'vague', ownedBy: 'anthropic', created: 0 },
      ])
    })

    it('all pages', async () => {
      fake.server.respondOnce(reply(200, { data: [{ id: 'a+b' }], has_more: true, last_id: 'a+b' }))
      fake.server.respondOnce(reply(200, { data: [{ id: 'c' }], has_more: false, last_id: 'c' }))
      const running = await start()

      const models = await running.models(principal)

      expect(models.map(({ id }) => id)).toEqual(['a+b', 'c'])
      expect(fake.server.requests.map(({ query }) => query)).toEqual([
        'limit=1000',
        'limit=1000&after_id=a%2Bb',
      ])
    })

    it('known models while Anthropic does not answer', async () => {
      const running = await start()
      await fake.server.setListener('refuse')

      const models = await running.models(principal)

      expect(models.map(({ id }) => id)).toContain('claude-opus-5')
      expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
    })

    it('what an operator lists, under names of his own', async () => {
      const models = [{ id: 'brand-new', aliases: ['ours'], max_output_tokens: 123 }]
      const running = await start({ models })

      await ask(running, { model: 'ours', messages }, { dialect: openaiChat })

      expect((await running.models(principal)).map(({ id }) => id)).toEqual(['brand-new'])
      expect(sent()?.json()).toMatchObject({ model: 'brand-new', max_tokens: 123 })
    })
  })

  it('writes translated requests for what the list says of the model', async () => {
    const running = await start()
    const body = { model: 'brand-new', messages, reasoning_effort: 'high', max_tokens: 3_000 }

    await ask(running, body, { dialect: openaiChat })
    const byName = sent()?.json()
    await running.models(principal)
    await ask(running, { ...body, max_tokens: undefined }, { dialect: openaiChat })

    expect(byName).toMatchObject({ thinking: { type: 'enabled' } })
    expect(sent()?.json()).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      max_tokens: 32_000,
    })
  })

  it('gives the thinking of one key to every key', async () => {
    const backend = await anthropic.create({ api_keys: ['sk-1', 'sk-2'] }, context)

    const scopes = backend.targets.current().map(({ stateScope }) => stateScope)

    expect(scopes).toHaveLength(2)
    expect(new Set(scopes).size).toBe(1)
    await backend.dispose?.()
  })
})
