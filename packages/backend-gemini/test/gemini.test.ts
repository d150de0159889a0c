import { readFileSync } from 'node:fs'
import {
  type BackendContext,
  createGateway,
  createMemoryStateStore,
  type Dialect,
  defaultNetwork,
  type Gateway,
  type Operation,
  silentLogger,
  systemClock,
} from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { gemini as geminiDialect } from '@jackfield/dialect-gemini'
import { openaiChat } from '@jackfield/dialect-openai'
import {
  chatCompletion,
  type GeminiFake,
  MemorySink,
  reply,
  startGeminiFake,
} from '@jackfield/testkit'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import gemini, { type GeminiOptions } from '../src/index.ts'

const context: BackendContext = {
  name: 'gemini',
  log: silentLogger,
  clock: systemClock,
  random: () => 0.5,
  state: createMemoryStateStore({ clock: systemClock }),
  userAgent: 'jackfield/test',
  network: defaultNetwork,
}

const principal = { id: 'local', name: 'local' }
const messages = [{ role: 'user', content: 'Hello' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

interface Asked {
  readonly dialect?: Dialect
  readonly operation?: Operation
  readonly path?: string
  readonly query?: string
}

const asChat: Asked = { dialect: openaiChat, path: '/v1/chat/completions' }
const asMessages: Asked = { dialect: anthropicMessages, path: '/v1/messages' }

describe('the gemini backend', () => {
  let fake: GeminiFake
  let gateway: Gateway | undefined
  beforeEach(async () => {
    fake = await startGeminiFake({
      models: [
        'gemini-3-pro-preview',
        { id: 'gemini-2.5-flash', thinking: false },
        { id: 'embed', supportedGenerationMethods: ['embedContent', 'batchEmbedContents'] },
      ],
      routes: {
        'POST /cachedContents': () => reply(200, { name: 'cachedContents/1' }),
      },
    })
  })
  afterEach(async () => {
    await gateway?.close({ graceMs: 0 })
    gateway = undefined
    await fake.close()
  })

  const start = async (options: Partial<GeminiOptions> = {}): Promise<Gateway> => {
    const all = { base_url: fake.baseUrl, api_keys: ['sk-fake'], ...options }
    gateway = await createGateway({
      config: { backends: [{ name: 'gemini', plugin: gemini, options: all }] },
    })
    return gateway
  }

  const ask = async (running: Gateway, body: object, asked: Asked = {}): Promise<MemorySink> => {
    const { dialect = geminiDialect, operation = 'chat', query = '' } = asked
    const { path = '/v1beta/models/gemini-3-pro-preview:generateContent' } = asked
    const sink = new MemorySink()
    await running.handle(
      {
        operation,
        dialect,
        method: 'POST',
        path,
        query,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)),
        signal: new AbortController().signal,
      },
      sink,
    )
    return sink
  }

  const sent = () => fake.server.requests.at(-1)

  it('describes every option in its README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const { properties } = Object(gemini.options)

    const missing = Object.keys(Object(properties)).filter(
      (name) => !readme.includes(`\`${name}\``),
    )

    expect(missing).toEqual([])
  })

  it('needs a key and nothing else', () => {
    const validator = Compile(gemini.options)

    expect(validator.Check({ api_keys: ['AIza1'] })).toBe(true)
    expect(validator.Check({ api_keys: ['AIza1'], dialect: 'openai-chat' })).toBe(true)
    expect(validator.Check({ api_keys: ['AIza1'], dialect: 'openai-responses' })).toBe(false)
    expect(validator.Check({})).toBe(false)
  })

  it.each(['', '/', '/v1beta', '/v1beta/'])('takes a base URL that ends in "%s"', async (end) => {
    const running = await start({ base_url: `${fake.server.url}${end}` })

    await ask(running, { contents })

    expect(sent()?.path).toBe('/v1beta/models/gemini-3-pro-preview:generateContent')
    expect(sent()?.headers).toMatchObject({ 'x-goog-api-key': 'sk-fake' })
    expect(sent()?.headers).not.toHaveProperty('authorization')
  })

  it.each<[string, object]>([
    ['is missing', {}],
    ['was made somewhere else', { thoughtSignature: 'QUJD' }],
  ])('asks once more, with a placeholder, where a signature %s', async (_, signature) => {
    const running = await start()
    const call = { functionCall: { name: 'f', args: {} } }
    const response = { functionResponse: { name: 'f', response: { output: 'x' } } }

    const answer = await ask(running, {
      contents: [
        ...contents,
        { role: 'model', parts: [{ ...call, ...signature }] },
        { role: 'user', parts: [response] },
      ],
    })

    expect(answer.status).toBe(200)
    expect(fake.server.requests).toHaveLength(2)
    expect(sent()?.json()).toMatchObject({
      contents: [
        {},
        { parts: [{ ...call, thoughtSignature: 'skip_thought_signature_validator' }] },
        {},
      ],
    })
  })

  describe('with two surfaces', () => {
    const completion = reply(200, chatCompletion({ text: 'Fine.' }))

    it.each(['gemini', 'openai-chat'] as const)(
      'forwards each client to its own, whatever translations go to: %s',
      async (dialect) => {
        const running = await start({ dialect })
        fake.server.respondWith(completion)

        await ask(running, { model: 'gemini-3-pro-preview', messages, x_own: 1 }, asChat)
        const chat = sent()
        await ask(running, { contents, x_own: 1 })

        expect(chat?.path).toBe('/v1beta/openai/chat/completions')
        expect(chat?.headers).toMatchObject({ authorization: 'Bearer sk-fake' })
        expect(chat?.headers).not.toHaveProperty('x-goog-api-key')
        expect(chat?.json()).toMatchObject({ x_own: 1 })
        expect(sent()?.path).toBe('/v1beta/models/gemini-3-pro-preview:generateContent')
        expect(sent()?.json()).toMatchObject({ x_own: 1 })
      },
    )

    it.each([
      ['gemini', '/v1beta/models/gemini-3-pro-preview:generateContent'],
      ['openai-chat', '/v1beta/openai/chat/completions'],
    ] as const)('translates for the one that is chosen: %s', async (dialect, path) => {
      const running = await start({ dialect })
      if (dialect === 'openai-chat') fake.server.respondWith(completion)
      const body = { model: 'gemini-3-pro-preview', max_tokens: 9_000, messages }

      const answer = await ask(running, body, asMessages)

      expect(sent()?.path).toBe(path)
      expect(JSON.parse(answer.text)).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
    })

    it('sends embeddings of OpenAI’s clients to the surface of theirs', async () => {
      const running = await start()
      fake.server.respondWith(reply(200, { object: 'list', data: [] }))

      await ask(
        running,
        { model: 'embed', input: 'x' },
        { dialect: openaiChat, operation: 'embeddings', path: '/v1/embeddings' },
      )

      expect(sent()?.path).toBe('/v1beta/openai/embeddings')
    })

    it('refuses other operations of OpenAI’s, which Google does not have', async () => {
      const running = await start()

      const answer = await ask(
        running,
        { model: 'gemini-3-pro-preview' },
        { dialect: openaiChat, operation: 'opaque', path: '/v1/audio/speech' },
      )

      expect(answer.status).toBe(400)
      expect(fake.server.requests).toEqual([])
    })
  })

  it('forwards nothing to a surface that a server does not have', async () => {
    const running = await start({ speaks: ['gemini'] })

    await ask(running, { model: 'gemini-3-pro-preview', messages }, asChat)

    expect(sent()?.path).toBe('/v1beta/models/gemini-3-pro-preview:generateContent')
  })

  it('counts tokens, for Gemini’s clients and for others', async () => {
    const running = await start()

    const own = await ask(
      running,
      { contents },
      { operation: 'count-tokens', path: '/v1beta/models/gemini-3-pro-preview:countTokens' },
    )
    const foreign = await ask(
      running,
      { model: 'gemini-3-pro-preview', messages },
      { ...asMessages, operation: 'count-tokens', path: '/v1/messages/count_tokens' },
    )

    expect(JSON.parse(own.text)).toMatchObject({ totalTokens: 1 })
    expect(JSON.parse(foreign.text)).toEqual({ input_tokens: 1 })
    expect(fake.server.requests.map(({ path }) => path)).toEqual([
      '/v1beta/models/gemini-3-pro-preview:countTokens',
      '/v1beta/models/gemini-3-pro-preview:countTokens',
    ])
  })

  it('passes on what it does not read, below its own version', async () => {
    const running = await start()

    const answer = await ask(
      running,
      { contents },
      { operation: 'opaque', path: '/v1alpha/cachedContents' },
    )

    expect(JSON.parse(answer.text)).toEqual({ name: 'cachedContents/1' })
    expect(sent()?.path).toBe('/v1beta/cachedContents')
  })

  describe('lists', () => {
    it('what Google lists, by plain names', async () => {
      const running = await start()

      const models = await running.models(principal)

      expect(
        models.map(({ id, capabilities }) => [id, capabilities?.includes('embeddings')]),
      ).toEqual([
        ['gemini-3-pro-preview', false],
        ['gemini-2.5-flash', false],
        ['embed', true],
      ])
      expect(models[0]).toMatchObject({ contextWindow: 1_048_576, maxOutputTokens: 65_536 })
    })

    it('all pages', async () => {
      fake.server.respondOnce(reply(200, { models: [{ name: 'models/a' }], nextPageToken: 'two+' }))
      fake.server.respondOnce(reply(200, { models: [{ name: 'models/b' }], nextPageToken: '' }))
      const running = await start()

      const models = await running.models(principal)

      expect(models.map(({ id }) => id)).toEqual(['a', 'b'])
      expect(fake.server.requests.map(({ query }) => query)).toEqual([
        'pageSize=1000',
        'pageSize=1000&pageToken=two%2B',
      ])
    })

    it('known models while Google does not answer', async () => {
      const running = await start()
      await fake.server.setListener('refuse')

      const models = await running.models(principal)

      expect(models.map(({ id }) => id)).toContain('gemini-2.5-pro')
      expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
    })
  })

  it.each(['models/gemini-3-pro-preview', 'ours'])(
    'asks for the model by Google’s name of it: %s',
    async (model) => {
      const running = await start({
        models: [{ id: 'gemini-3-pro-preview', aliases: ['ours'] }],
      })

      await ask(running, { model, max_tokens: 9_000, messages }, asMessages)

      expect(sent()?.path).toBe('/v1beta/models/gemini-3-pro-preview:generateContent')
    },
  )

  it('asks only models to think that do, by name and by Google’s list', async () => {
    const running = await start()
    const body = {
      max_tokens: 9_000,
      messages,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    }
    const thinkingOf = async (model: string): Promise<unknown> => {
      await ask(running, { model, ...body }, asMessages)
      return Object(Object(sent()?.json()).generationConfig).thinkingConfig
    }

    expect(await thinkingOf('gemini-3-pro-preview')).toHaveProperty('thinkingLevel')
    expect(await thinkingOf('gemini-2.5-flash')).toMatchObject({ thinkingBudget: 2_000 })
    await running.models(principal)
    expect(await thinkingOf('gemini-2.5-flash')).toBeUndefined()
    expect(await thinkingOf('gemini-3-pro-preview')).toBeDefined()
  })

  it('gives the signatures of one key to every key', async () => {
    const backend = await gemini.create({ api_keys: ['k1', 'k2'] }, context)

    const scopes = backend.targets.current().map(({ stateScope }) => stateScope)

    expect(scopes).toHaveLength(2)
    expect(new Set(scopes).size).toBe(1)
    await backend.dispose?.()
  })
})
