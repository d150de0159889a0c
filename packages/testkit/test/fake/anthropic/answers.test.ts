import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnthropicFake, startAnthropicFake } from '../../../src/fake/anthropic-messages.ts'
import type { ScriptStep } from '../../../src/fake/script.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { accumulate, eventsOf } from './accumulate.ts'
import type { Body } from './good-request.ts'

let fake: AnthropicFake

beforeAll(async () => {
  fake = await startAnthropicFake()
})
afterAll(() => fake.close())

const head = { 'x-api-key': 'sk-fake', 'anthropic-version': '2023-06-01' }
const authorized = { headers: head }

function say(body: Body, on = fake): Promise<HttpAnswer> {
  const messages = [{ role: 'user', content: 'hello there' }]
  const complete = { model: 'fake-chat', max_tokens: 100, messages, ...body }
  return httpCall(`${on.baseUrl}/messages`, { ...authorized, body: complete })
}

interface Message {
  readonly content: readonly Record<string, unknown>[]
  readonly stop_reason: string
}

async function message(body: Body): Promise<Message> {
  const answer = await say(body)
  expect(answer.status, answer.body).toBe(200)
  return answer.json() as Message
}

const tool = (name: string, schema: Body = { type: 'object', properties: {} }): Body => ({
  name,
  input_schema: schema,
})
const user = (content: unknown): Body => ({ messages: [{ role: 'user', content }] })

describe('the default model', () => {
  it('repeats the last user text and counts words as tokens', async () => {
    expect(await message({})).toMatchObject({
      id: expect.stringMatching(/^msg_[0-9a-f]{12}$/),
      type: 'message',
      role: 'assistant',
      model: 'fake-chat',
      content: [{ type: 'text', text: 'You said: hello there' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 2, output_tokens: 4 },
    })
  })

  it('answers the same conversation with the same bytes and names it the same', async () => {
    const [first, second] = [await say({}), await say({})]

    expect(second.body).toBe(first.body)
    expect(second.headers['request-id']).toBe(first.headers['request-id'])
    expect(first.headers['request-id']).toMatch(/^req_[0-9a-f]{12}$/)
  })

  it.each([
    ['a text', {}],
    ['a call', { tools: [tool('alpha')] }],
    ['thinking', { max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 } }],
    [
      'a search',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }], ...user('web_search x') },
    ],
    ['nothing', { max_tokens: 0 }],
  ])('streams %s as it would have answered unstreamed', async (_, body: Body) => {
    const unary = await message(body)
    const stream = await say({ ...body, stream: true })

    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers['request-id']).toMatch(/^req_/)
    expect(accumulate(eventsOf(stream.body))).toEqual(unary)
  })

  it.each([
    ['the first when none is named', {}, ['alpha']],
    ['all that are named', { ask: 'use alpha and beta' }, ['alpha', 'beta']],
    [
      'one when they may not be parallel',
      { ask: 'alpha beta', choice: { type: 'auto', disable_parallel_tool_use: true } },
      ['alpha'],
    ],
    ['the one that is forced', { choice: { type: 'tool', name: 'beta' } }, ['beta']],
    ['some when it must', { choice: { type: 'any' } }, ['alpha']],
    ['none when told so', { choice: { type: 'none' } }, []],
  ])('calls %s', async (_, given: { ask?: string; choice?: unknown }, names) => {
    const { content, stop_reason } = await message({
      ...user(given.ask ?? 'hi'),
      tools: [tool('alpha'), tool('beta')],
      ...(given.choice === undefined ? {} : { tool_choice: given.choice }),
    })

    const calls = content.filter(({ type }) => type === 'tool_use')
    expect(calls.map(({ name }) => name)).toEqual(names)
    expect(new Set(calls.map(({ id }) => id)).size).toBe(names.length)
    expect(stop_reason).toBe(names.length > 0 ? 'tool_use' : 'end_turn')
  })

  it('makes inputs that fit the schema, streamed in fragments', async () => {
    const properties = { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } }
    const body = { tools: [tool('alpha', { type: 'object', properties })] }

    const { content } = await message(body)
    const stream = await say({ ...body, stream: true })

    expect(content[0]?.['input']).toEqual({ city: 'text', days: 3 })
    expect(stream.body.match(/input_json_delta/g)?.length).toBeGreaterThan(3)
  })

  it('calls tools that work on the machine of the client, and no others of the provider', async () => {
    const { content } = await message({
      tools: [
        { type: 'code_execution_20260120', name: 'code_execution' },
        { type: 'bash_20250124', name: 'bash' },
      ],
    })

    expect(content).toMatchObject([{ type: 'tool_use', name: 'bash', input: {} }])
  })

  it('repeats tool results, images and errors in them, instead of calling again', async () => {
    const call = (id: string): Body => ({ type: 'tool_use', id, name: 'alpha', input: {} })
    const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
    const seen = [
      { type: 'text', text: 'look' },
      { type: 'image', source: png },
    ]
    const { content } = await message({
      messages: [
        { role: 'user', content: 'alpha' },
        { role: 'assistant', content: [call('a'), call('b'), call('c')] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: seen },
            { type: 'tool_result', tool_use_id: 'b', content: 'no', is_error: true },
            { type: 'tool_result', tool_use_id: 'c' },
          ],
        },
      ],
      tools: [tool('alpha')],
    })

    expect(content).toEqual([{ type: 'text', text: 'Tool results: look [image], error: no,' }])
  })

  it('searches for itself when it is asked to, and cites what it found', async () => {
    const { content, ...rest } = await message({
      ...user('web_search for x'),
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    })

    expect(content).toMatchObject([
      { type: 'server_tool_use', name: 'web_search', input: { query: 'web_search for x' } },
      { type: 'web_search_tool_result', tool_use_id: content[0]?.['id'] },
      { type: 'text', citations: [{ type: 'web_search_result_location' }] },
    ])
    expect(rest).toMatchObject({
      stop_reason: 'end_turn',
      usage: { server_tool_use: { web_search_requests: 1 } },
    })
    const again = await say({
      messages: [
        { role: 'user', content: 'web_search for x' },
        { role: 'assistant', content },
        { role: 'user', content: 'Thanks' },
      ],
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    })
    expect(again.status, again.body).toBe(200)
  })

  it('gives an example of the schema that is asked for, in the old place too', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    const format = { type: 'json_schema', schema }
    const old = { ...authorized.headers, 'anthropic-beta': 'structured-outputs-2025-11-13' }
    const body = { model: 'fake-chat', max_tokens: 9, ...user('hi'), output_format: format }

    const { content } = await message({ output_config: { format } })
    const answer = await httpCall(`${fake.baseUrl}/messages`, { headers: old, body })

    expect(content).toEqual([{ type: 'text', text: '{"ok":true}' }])
    expect(answer.json()).toMatchObject({ content })
  })

  it('sees images and documents, stops at stop sequences and at the token limit', async () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
    const document = { type: 'document', source: { type: 'file', file_id: 'f' } }
    const content = [{ type: 'text', text: 'look' }, image, image, document]

    expect((await message(user(content))).content).toEqual([
      { type: 'text', text: 'You said: look (images: 2) (documents: 1)' },
    ])
    expect(await message({ stop_sequences: ['zzz', 'there', 'hello'] })).toMatchObject({
      content: [{ text: 'You said:' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'hello',
    })
    expect(await message({ max_tokens: 2 })).toMatchObject({
      content: [{ text: 'You said:' }],
      stop_reason: 'max_tokens',
    })
    expect(await message({ max_tokens: 0 })).toMatchObject({ content: [] })
  })

  it('thinks when thinking is on, and says what that cost', async () => {
    const body = { max_tokens: 2000, thinking: { type: 'adaptive' } }
    const answer = await message(body)

    expect(answer).toMatchObject({
      content: [{ type: 'thinking', thinking: 'Thinking of: hello there' }, { type: 'text' }],
      usage: { output_tokens: 8, output_tokens_details: { thinking_tokens: 4 } },
    })
    expect((await message({ thinking: { type: 'disabled' } })).content).toHaveLength(1)
  })

  it('counts what is marked for the cache apart', async () => {
    const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } }
    const text = (words: string, more: Body = {}): Body => ({ type: 'text', text: words, ...more })
    const usageOf = async (body: Body): Promise<unknown> =>
      ((await message(body)) as unknown as { usage: unknown }).usage

    const two = {
      system: [text('a b c', mark)],
      ...user([text('d e', mark), text('f')]),
    }
    expect(await usageOf(two)).toMatchObject({
      input_tokens: 1,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2 },
    })
    expect(await usageOf({ cache_control: { type: 'ephemeral' } })).toMatchObject({
      input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 2 },
    })
  })
})

describe('other operations', () => {
  it('counts the tokens that the answer will count, the cache included', async () => {
    const messages = [{ role: 'user', content: 'hello there' }]
    const body = { model: 'fake-chat', messages, system: 'Be brief', tools: [tool('alpha')] }
    const counted = await httpCall(`${fake.baseUrl}/messages/count_tokens`, { ...authorized, body })
    const { usage } = (await message({ ...body })) as unknown as { usage: { input_tokens: number } }

    expect(counted.json()).toEqual({ input_tokens: usage.input_tokens })
    expect(usage.input_tokens).toBeGreaterThan(4)
  })

  it('lists models page by page and shows one', async () => {
    const names = ['a', 'b', { id: 'c/d', display_name: 'See', owned: 'extra' }]
    await using provider = await startAnthropicFake({ models: names })
    const list = async (query: string): Promise<Record<string, unknown>> => {
      const answer = await httpCall(`${provider.baseUrl}/models${query}`, authorized)
      return answer.json() as Record<string, unknown>
    }
    const ids = (page: Record<string, unknown>): unknown =>
      (page['data'] as { id: string }[]).map(({ id }) => id)

    const all = await list('')
    const one = await httpCall(
      `${provider.baseUrl}/models/${encodeURIComponent('c/d')}`,
      authorized,
    )

    expect(all).toMatchObject({ has_more: false, first_id: 'a', last_id: 'c/d' })
    expect(one.json()).toEqual((all['data'] as unknown[])[2])
    expect(one.json()).toMatchObject({ type: 'model', display_name: 'See', owned: 'extra' })
    expect(ids(await list('?limit=2'))).toEqual(['a', 'b'])
    expect(await list('?limit=2')).toMatchObject({ has_more: true, last_id: 'b' })
    expect(ids(await list('?after_id=a'))).toEqual(['b', 'c/d'])
    expect(ids(await list('?before_id=c/d&limit=1'))).toEqual(['b'])
    expect(await list('?after_id=c/d')).toMatchObject({ data: [], first_id: null, last_id: null })
    for (const query of ['?limit=0', '?limit=x', '?after_id=none']) {
      expect(await list(query)).toMatchObject({ error: { type: 'invalid_request_error' } })
    }
  })
})

describe('options', () => {
  it('treats each key as told, and tells which keys came', async () => {
    const keys = {
      k1: 'ok',
      k2: { status: 429, retryAfter: 7, code: 'enforced_spend_limit_reached' },
      k3: { status: 529, message: 'Overloaded' },
      k4: { status: 402 },
    } as const
    await using provider = await startAnthropicFake({ keys })
    const ask = (key: string): Promise<HttpAnswer> =>
      httpCall(`${provider.baseUrl}/models`, { headers: { ...head, 'x-api-key': key } })

    const before = [await ask('k1'), await ask('k2'), await ask('k3'), await ask('k4')]
    provider.setKey('k2', 'ok')

    expect(before.map(({ status }) => status)).toEqual([200, 429, 529, 402])
    expect(before[1]?.headers['retry-after']).toBe('7')
    expect(before[1]?.json()).toMatchObject({
      error: { type: 'rate_limit_error', details: { error_code: 'enforced_spend_limit_reached' } },
    })
    expect(before[2]?.json()).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
      request_id: before[2]?.headers['request-id'],
    })
    expect(before[3]?.json()).toMatchObject({ error: { type: 'billing_error' } })
    expect((await ask('k2')).status).toBe(200)
    expect(provider.keysUsed('/models')).toEqual(['k1', 'k2', 'k3', 'k4', 'k2'])
    expect(provider.keysUsed()).toEqual([])
  })

  it('finds keys behind Bearer when told so', async () => {
    await using provider = await startAnthropicFake({ keyPlace: 'bearer' })
    const ask = (headers: Record<string, string>): Promise<HttpAnswer> =>
      httpCall(`${provider.baseUrl}/models`, {
        headers: { ...headers, 'anthropic-version': '2023-06-01' },
      })

    expect((await ask({ authorization: 'Bearer sk-fake' })).status).toBe(200)
    expect((await ask({ 'x-api-key': 'sk-fake' })).status).toBe(401)
  })

  it('says what the test says, spelled as the test says', async () => {
    await using provider = await startAnthropicFake({
      answer: ({ max_tokens }) => ({
        blocks: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: `${max_tokens}` },
        ],
        stopReason: 'pause_turn',
      }),
      style: { lean: true, pings: 'none' },
    })

    const answer = await say({}, provider)
    const stream = await say({ stream: true }, provider)

    expect(answer.json()).toMatchObject({
      content: [{ signature: expect.stringMatching(/^[\w+/]{30,}={0,2}$/) }, { text: '100' }],
      stop_reason: 'pause_turn',
    })
    expect(answer.json()).not.toHaveProperty('stop_details')
    expect(stream.body).not.toContain('ping')
  })

  it('plays an answer with gates of the test in it', async () => {
    await using provider = await startAnthropicFake({
      play: (steps) =>
        steps.flatMap((step): ScriptStep[] =>
          step.do === 'write' ? [{ do: 'gate', name: 'g' }, step] : [step],
        ),
    })
    const gate = provider.server.gate('g')

    const answer = say({ stream: true }, provider)
    for (let frame = 0; frame < 10; frame += 1) {
      await gate.arrived()
      gate.pass()
    }

    expect((await answer).body).toContain('message_stop')
  })

  it('serves routes of the test below its base path, and errors as the test renders them', async () => {
    const routes = { 'POST /files': () => [{ do: 'head', status: 201 } as const] }
    await using provider = await startAnthropicFake({
      basePath: '/anthropic/v1',
      routes,
      renderError: ({ status, type }, id) => ({ status, type, id }),
    })
    const url = `${provider.baseUrl}/files`

    const answer = await httpCall(url, { ...authorized, body: {} })
    const refused = await httpCall(url, {
      body: {},
      headers: { 'anthropic-version': '2023-06-01' },
    })

    expect(provider.baseUrl).toBe(`${provider.server.url}/anthropic/v1`)
    expect(answer.status).toBe(201)
    expect(refused.json()).toEqual({
      status: 401,
      type: 'authentication_error',
      id: refused.headers['request-id'],
    })
  })
})
