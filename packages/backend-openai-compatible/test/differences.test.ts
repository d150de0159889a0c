import { readFileSync } from 'node:fs'
import type { Gateway } from '@jackfield/core'
import { createOpenAIChat, openaiCompletions } from '@jackfield/dialect-openai'
import {
  type OpenAIChatFake,
  type OpenAIChatFakeOptions,
  startOpenAIChatFake,
} from '@jackfield/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type OpenAICompatibleDefinition, openAICompatible } from '../src/index.ts'
import { type CallOptions, call, type Got, gatewayWith } from './call.ts'
import acme from './examples/acme.ts'

const messages = [{ role: 'user', content: 'Hello' }]
/** The same protocol under another name: its calls cannot be forwarded. */
const foreign = { ...createOpenAIChat(), name: 'foreign' }

describe('openAICompatible', () => {
  const open: (OpenAIChatFake | Gateway)[] = []
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close({ graceMs: 0 })
  })

  interface Played extends Got {
    /** The body that the provider received. */
    readonly sent: unknown
    readonly paths: readonly string[]
  }

  async function play(
    definition: Partial<OpenAICompatibleDefinition>,
    body: object,
    rest: { readonly fake?: OpenAIChatFakeOptions; readonly call?: CallOptions } = {},
  ): Promise<Played> {
    const fake = await startOpenAIChatFake(rest.fake)
    const plugin = openAICompatible({ type: 'acme', base_url: fake.baseUrl, ...definition })
    const gateway = await gatewayWith(plugin, { api_keys: ['sk-fake'] })
    open.push(gateway, fake)
    const got = await call(gateway, body, rest.call)
    const { requests } = fake.server
    return { ...got, sent: requests[0]?.json(), paths: requests.map(({ path }) => path) }
  }

  it('makes the backend that the README shows', async () => {
    const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
    const fake = await startOpenAIChatFake()
    const gateway = await gatewayWith(acme, { base_url: fake.baseUrl, api_keys: ['sk-fake'] })
    open.push(gateway, fake)

    await call(gateway, { model: 'fake-chat', messages, max_completion_tokens: 5, logit_bias: {} })

    expect(fake.server.requests[0]?.json()).toEqual({ model: 'fake-chat', messages, max_tokens: 5 })
    expect(textOf('../README.md')).toContain(textOf('examples/acme.ts'))
  })

  it('forwards what the client sent where nothing differs', async () => {
    const body = { model: 'fake-chat', messages, unknown_field: { a: 1 } }

    const { sent } = await play({}, body)

    expect(sent).toEqual(body)
  })

  it('renames, drops and forces parameters of forwarded requests', async () => {
    const { sent, status } = await play(
      {
        parameters: {
          rename: { max_completion_tokens: 'max_tokens' },
          drop: ['logit_bias'],
          force: { temperature: 1 },
        },
      },
      { model: 'fake-chat', messages, max_completion_tokens: 5, logit_bias: {}, temperature: 0 },
    )

    expect(status).toBe(200)
    expect(sent).toEqual({ model: 'fake-chat', messages, max_tokens: 5, temperature: 1 })
  })

  it('does the same to translated requests', async () => {
    const { sent } = await play(
      {
        parameters: {
          rename: { max_completion_tokens: 'max_tokens' },
          drop: ['presence_penalty'],
          force: { top_p: 1 },
        },
      },
      { model: 'fake-chat', messages, max_completion_tokens: 5, presence_penalty: 1 },
      { call: { dialect: foreign } },
    )

    expect(sent).toMatchObject({ max_tokens: 5, top_p: 1 })
    expect(sent).not.toHaveProperty('presence_penalty')
    expect(sent).not.toHaveProperty('max_completion_tokens')
  })

  it('sends nothing but what is allowed, and leaves other operations alone', async () => {
    const definition = { parameters: { allow: ['model', 'messages'] } }
    const chat = await play(definition, { model: 'fake-chat', messages, seed: 1, user: 'u' })
    const embeddings = await play(
      definition,
      { model: 'fake-embed', input: 'x' },
      { call: { operation: 'embeddings', path: '/v1/embeddings' } },
    )

    expect(chat.sent).toEqual({ model: 'fake-chat', messages })
    expect(embeddings.sent).toEqual({ model: 'fake-embed', input: 'x' })
  })

  it('sends no stream_options where they are not understood', async () => {
    const body = {
      model: 'fake-chat',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }

    const forwarded = await play({ include_usage: false }, body)
    const translated = await play({ include_usage: false }, body, { call: { dialect: foreign } })

    expect(forwarded.sent).not.toHaveProperty('stream_options')
    expect(translated.sent).not.toHaveProperty('stream_options')
  })

  it.each([
    ['thinking', { thinking: { type: 'enabled' } }],
    ['enable_thinking', { enable_thinking: true }],
    ['reasoning', { reasoning: { effort: 'high' } }],
    ['reasoning_effort', { reasoning_effort: 'high' }],
    ['none', {}],
  ] as const)('asks for reasoning in the provider’s words: %s', async (ask, expected) => {
    const { sent } = await play(
      { reasoning: { ask } },
      { model: 'fake-chat', messages, reasoning_effort: 'high' },
      { fake: { parameters: ['model', 'messages', 'stream', ...Object.keys(expected)] } },
    )

    expect({ stream: false, ...Object(sent) }).toEqual({
      model: 'fake-chat',
      messages,
      stream: false,
      ...expected,
    })
  })

  it('still forwards requests that say nothing about reasoning', async () => {
    const body = { model: 'fake-chat', messages, unknown_field: 1 }

    const { sent } = await play({ reasoning: { ask: 'thinking' } }, body)

    expect(sent).toEqual(body)
  })

  it('translates every request where bytes may not be forwarded', async () => {
    const { sent } = await play(
      { forward: false },
      { model: 'fake-chat', messages, unknown_field: 1 },
    )

    expect(sent).toMatchObject({ model: 'fake-chat' })
  })

  it('makes a stream of a whole answer where the provider must not be asked for one', async () => {
    const { status, text, sent } = await play(
      { streaming: 'synthesize' },
      { model: 'fake-chat', messages, stream: true },
      { fake: { stream: 'refused' } },
    )

    expect(status).toBe(200)
    expect(text).toMatch(/^data: \{/)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(sent).not.toHaveProperty('stream', true)
  })

  it('serves text completions through chat, or where the provider has them', async () => {
    const asked = {
      call: { dialect: openaiCompletions, operation: 'completions', path: '/v1/completions' },
    } as const
    const body = { model: 'fake-chat', prompt: 'Hello' }

    const through = await play({}, body, asked)
    const own = await play({ completions: true }, body, asked)

    expect(through.paths).toEqual(['/v1/chat/completions'])
    expect(JSON.parse(through.text)).toMatchObject({ object: 'text_completion' })
    expect(own.paths).toEqual(['/v1/completions'])
    expect(own.sent).toEqual(body)
  })

  it('takes a vendor prefix off, and resolves aliases', async () => {
    const definition = {
      model_prefix: 'acme/',
      models: [{ id: 'acme/fake-chat', aliases: ['latest'] }],
    }

    for (const model of ['acme/fake-chat', 'fake-chat', 'latest']) {
      const { sent } = await play(definition, { model: `main:${model}`, messages })
      expect(sent).toHaveProperty('model', 'fake-chat')
    }
  })

  it('lists the provider’s models with the prefix, once', async () => {
    const fake = await startOpenAIChatFake({ models: ['a', 'acme/b'] })
    const plugin = openAICompatible({ type: 'acme', base_url: fake.baseUrl, model_prefix: 'acme/' })
    const gateway = await gatewayWith(plugin, { api_keys: ['sk-fake'] })
    open.push(gateway, fake)

    const models = await gateway.models({ id: 'local', name: 'local' })

    expect(models.map(({ id }) => id).filter((id) => id.startsWith('acme/'))).toEqual([
      'acme/a',
      'acme/b',
    ])
  })

  it('refuses operations that a provider does not have', async () => {
    const embeddings = await play(
      { embeddings: false },
      { model: 'fake-embed', input: 'x' },
      { call: { operation: 'embeddings', path: '/v1/embeddings' } },
    )
    const images = await play(
      { opaque: false },
      { model: 'fake-chat', prompt: 'x' },
      { call: { operation: 'opaque', path: '/v1/images/generations' } },
    )

    expect([embeddings.status, images.status]).toEqual([400, 400])
    expect([...embeddings.paths, ...images.paths]).toEqual([])
  })

  it('reads the provider’s own error codes', async () => {
    const fake = {
      extraRules: {
        balance: { cites: 'none', check: () => ({ at: 'model', message: 'is empty' }) },
      },
      renderError: () => ({ error: { code: '1113', message: 'Nope.' } }),
    }
    const body = { model: 'fake-chat', messages }

    const known = await play({ error_codes: { '1113': 'upstream_quota_exhausted' } }, body, {
      fake,
    })
    const unknown = await play({}, body, { fake })

    expect([known.status, unknown.status]).toEqual([429, 400])
  })
})
