import { readFileSync } from 'node:fs'
import type { Gateway } from '@jackfield/core'
import { type OpenAIChatFake, reply, startOpenAIChatFake } from '@jackfield/testkit'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import plugin, { type AnyServerOptions } from '../src/index.ts'
import { call, gatewayWith } from './call.ts'

const messages = [{ role: 'user', content: 'Hello' }]

describe('the openai-compatible backend', () => {
  let fake: OpenAIChatFake
  const gateways: Gateway[] = []
  beforeEach(async () => {
    fake = await startOpenAIChatFake({
      routes: {
        'POST /images/generations': () => reply(200, { data: [{ url: 'u' }] }),
        'DELETE /files/f-1': () => [{ do: 'head', status: 204 }],
      },
    })
  })
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.close({ graceMs: 0 })
    await fake.close()
  })

  const start = async (options: Partial<AnyServerOptions> = {}): Promise<Gateway> => {
    const gateway = await gatewayWith(plugin, {
      base_url: fake.baseUrl,
      api_keys: ['sk-fake'],
      ...options,
    })
    gateways.push(gateway)
    return gateway
  }
  const sent = (): unknown => fake.server.requests.at(-1)?.json()

  it('describes every option in its README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const { properties } = Object(plugin.options)

    const missing = Object.keys(Object(properties)).filter(
      (name) => !readme.includes(`\`${name}\``),
    )

    expect(missing).toEqual([])
  })

  it('needs an address and nothing else', () => {
    const validator = Compile(plugin.options)

    expect(validator.Check({ base_url: 'http://127.0.0.1:8000' })).toBe(true)
    expect(validator.Check({})).toBe(false)
    expect(validator.Check({ base_url: 'http://127.0.0.1:8000', stream: 'native' })).toBe(false)
    expect(validator.Check({ base_url: 'http://127.0.0.1:8000', streaming: 'often' })).toBe(false)
  })

  it('sends no credential where there is no key', async () => {
    const gateway = await start({ api_keys: [] })

    const got = await call(gateway, { model: 'fake-chat', messages })

    expect(fake.server.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(got.status).toBe(502)
  })

  it('is found at an address with and without its version', async () => {
    for (const base_url of [fake.server.url, `${fake.server.url}/`, `${fake.server.url}/v1/`]) {
      const gateway = await start({ base_url })
      expect((await call(gateway, { model: 'fake-chat', messages })).status).toBe(200)
    }
  })

  it('is shown films and linked files, which many such servers take', async () => {
    const gateway = await start({ forward: false })
    const content = [
      { type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } },
      { type: 'file', file: { file_data: 'https://x.test/a.pdf' } },
    ]

    await call(gateway, { model: 'fake-chat', messages: [{ role: 'user', content }] })

    expect(sent()).toMatchObject({ messages: [{ content }] })
  })

  it('sends the operator’s headers with every request', async () => {
    const gateway = await start({ headers: { 'X-Team': 'search' } })

    await call(gateway, { model: 'fake-chat', messages })

    expect(fake.server.requests[0]?.headers).toHaveProperty('x-team', 'search')
  })

  it('lists the operator’s models instead of asking', async () => {
    const gateway = await start({ models: ['one', { id: 'two', context_window: 7 }] })

    const models = await gateway.models({ id: 'local', name: 'local' })

    expect(models.map(({ id, contextWindow }) => [id, contextWindow])).toEqual([
      ['one', undefined],
      ['two', 7],
    ])
    expect(fake.server.requests).toEqual([])
  })

  it('passes other operations on, whatever their method', async () => {
    const gateway = await start()

    const images = await call(
      gateway,
      { model: 'fake-chat', prompt: 'x' },
      { operation: 'opaque', path: '/v1/images/generations' },
    )
    const deleted = await call(gateway, undefined, {
      operation: 'opaque',
      path: '/v1/files/f-1',
      method: 'DELETE',
    })

    expect(JSON.parse(images.text)).toEqual({ data: [{ url: 'u' }] })
    expect(deleted.status).toBe(204)
  })

  it.each([
    [{ max_tokens_field: 'max_tokens' }, { max_completion_tokens: 3 }, { max_tokens: 3 }],
    [
      { max_tokens_field: 'max_completion_tokens' },
      { max_tokens: 3 },
      { max_completion_tokens: 3 },
    ],
    [{ drop_parameters: ['seed'] }, { seed: 1 }, {}],
    [{ include_usage: false }, { stream: true, stream_options: {} }, { stream: true }],
    [{ reasoning_parameter: 'none' }, { reasoning_effort: 'low' }, {}],
    [
      { reasoning_parameter: 'reasoning_effort' },
      { reasoning_effort: 'low' },
      { reasoning_effort: 'low' },
    ],
  ] as const)('with %j sends %j as %j', async (options, asked, expected) => {
    const gateway = await start(options)

    await call(gateway, { model: 'fake-chat', messages, ...asked })

    expect(sent()).toEqual({ model: 'fake-chat', messages, ...expected })
  })

  it('never asks for a stream where streams are synthesised', async () => {
    const gateway = await start({ streaming: 'synthesize' })

    const got = await call(gateway, { model: 'fake-chat', messages, stream: true })

    expect(sent()).not.toHaveProperty('stream', true)
    expect(got.text).toContain('data: [DONE]')
  })

  it.each([
    [undefined, 'system'],
    ['keep', 'developer'],
  ] as const)(
    'gives developer messages of translated requests their role: %s',
    async (option, role) => {
      const gateway = await start({
        forward: false,
        ...(option === undefined ? {} : { developer_role: option }),
      })

      await call(gateway, {
        model: 'fake-chat',
        messages: [{ role: 'developer', content: 'Be brief.' }, ...messages],
      })

      expect(sent()).toMatchObject({ messages: [{ role }, { role: 'user' }] })
    },
  )

  it.each([
    [undefined, { type: 'function', function: { name: 'patch' } }],
    ['functions', { type: 'function', function: { name: 'patch' } }],
    ['native', { type: 'custom', custom: { name: 'patch' } }],
  ] as const)('sends tools of free text in translated requests: %s', async (option, tool) => {
    const gateway = await start({
      forward: false,
      ...(option === undefined ? {} : { custom_tools: option }),
    })

    await call(gateway, {
      model: 'fake-chat',
      messages,
      tools: [{ type: 'custom', custom: { name: 'patch' } }],
    })

    expect(sent()).toMatchObject({ tools: [tool] })
  })

  it('shows reasoning in tags as reasoning where every answer is translated', async () => {
    await fake.close()
    fake = await startOpenAIChatFake({ answer: () => ({ text: '<think>hm</think>Yes.' }) })
    const gateway = await start({ think_tags: true, forward: false })

    const got = await call(gateway, { model: 'fake-chat', messages })

    expect(JSON.parse(got.text).choices[0].message).toMatchObject({
      content: 'Yes.',
      reasoning_content: 'hm',
    })
  })
})
