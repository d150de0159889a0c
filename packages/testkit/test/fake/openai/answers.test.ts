import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenAIChatFake, startOpenAIChatFake } from '../../../src/fake/openai-chat.ts'
import type { ScriptStep } from '../../../src/fake/script.ts'
import { events, type HttpAnswer, httpCall } from '../../http-call.ts'

let fake: OpenAIChatFake

beforeAll(async () => {
  fake = await startOpenAIChatFake()
})
afterAll(() => fake.close())

const authorized = { headers: { authorization: 'Bearer sk-fake' } }

function chat(body: Record<string, unknown>, on = fake): Promise<HttpAnswer> {
  const messages = [{ role: 'user', content: 'hello there' }]
  const complete = { model: 'fake-chat', messages, ...body }
  return httpCall(`${on.baseUrl}/chat/completions`, { ...authorized, body: complete })
}

interface Choice {
  readonly message: {
    readonly content: string | null
    readonly tool_calls?: readonly { readonly function: { name: string; arguments: string } }[]
  }
  readonly finish_reason: string
}

function choices(answer: HttpAnswer): readonly Choice[] {
  return (answer.json() as { choices: Choice[] }).choices
}

const tool = (name: string, parameters: unknown = { type: 'object', properties: {} }) => ({
  type: 'function',
  function: { name, parameters },
})

describe('the default model', () => {
  it('repeats the last user text and counts words as tokens', async () => {
    const answer = await chat({})

    expect(answer.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{12}$/),
      object: 'chat.completion',
      model: 'fake-chat',
      choices: [{ message: { content: 'You said: hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 },
    })
  })

  it('answers the same conversation with the same bytes', async () => {
    const [first, second] = [await chat({}), await chat({})]

    expect(second.body).toBe(first.body)
    expect(second.headers['x-request-id']).toBe(first.headers['x-request-id'])
  })

  it('streams what it would have answered unstreamed, in several deltas', async () => {
    const unary = await chat({})
    const stream = await chat({ stream: true })

    const deltas = events(stream.body).flatMap((event) => event['choices'] as { delta: object }[])
    const texts = deltas.map(({ delta }) => (delta as { content?: string }).content ?? '')
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(texts.join('')).toBe(choices(unary)[0]?.message.content)
    expect(texts.filter((text) => text !== '')).toHaveLength(4)
    expect(stream.body.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('sends usage in a chunk of its own when asked, else not at all', async () => {
    const silent = await chat({ stream: true })
    const asked = await chat({ stream: true, stream_options: { include_usage: true } })

    const list = events(asked.body)
    expect(silent.body).not.toContain('usage')
    expect(list.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 6 } })
    expect(list.slice(0, -1).every((event) => event['usage'] === null)).toBe(true)
  })

  it.each([
    ['the first when none is named', {}, ['alpha']],
    ['all that are named', { ask: 'use alpha and beta' }, ['alpha', 'beta']],
    ['one when they may not be parallel', { ask: 'alpha beta', parallel: false }, ['alpha']],
    [
      'the one that is forced',
      { choice: { type: 'function', function: { name: 'beta' } } },
      ['beta'],
    ],
    ['none when told so', { choice: 'none' }, undefined],
  ])(
    'calls %s',
    async (_, given: { ask?: string; parallel?: boolean; choice?: unknown }, names) => {
      const answer = await chat({
        messages: [{ role: 'user', content: given.ask ?? 'hi' }],
        tools: [tool('alpha'), tool('beta')],
        ...(given.parallel === undefined ? {} : { parallel_tool_calls: given.parallel }),
        ...(given.choice === undefined ? {} : { tool_choice: given.choice }),
      })

      const [choice] = choices(answer)
      expect(choice?.message.tool_calls?.map((call) => call.function.name)).toEqual(names)
      expect(choice?.finish_reason).toBe(names ? 'tool_calls' : 'stop')
    },
  )

  it('makes arguments that fit the schema, streamed in fragments under their index', async () => {
    const parameters = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'integer', minimum: 3 },
        units: { enum: ['c', 'f'] },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
      },
      $defs: { tag: { anyOf: [{ const: 'x' }, { type: 'null' }] } },
    }
    const body = { tools: [tool('alpha', parameters)] }

    const unary = choices(await chat(body))[0]?.message.tool_calls?.[0]?.function.arguments ?? ''
    const stream = events((await chat({ ...body, stream: true })).body)

    const deltas = stream.flatMap(
      (event) => (event['choices'] as { delta: object }[])[0]?.delta ?? [],
    )
    const calls = deltas.flatMap(
      (delta) => (delta as { tool_calls?: object[] }).tool_calls ?? [],
    ) as {
      index: number
      function: { arguments: string }
    }[]
    expect(JSON.parse(unary)).toEqual({ city: 'text', days: 3, units: 'c', tags: ['x'] })
    expect(calls.map((call) => call.function.arguments).join('')).toBe(unary)
    expect(calls.length).toBeGreaterThan(3)
    expect(calls.every((call) => call.index === 0)).toBe(true)
  })

  it('repeats tool results instead of calling again', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'alpha', arguments: '{}' } }
    const answer = await chat({
      messages: [
        { role: 'user', content: 'alpha' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'sun' },
      ],
      tools: [tool('alpha')],
    })

    expect(choices(answer)[0]?.message.content).toBe('Tool results: sun')
  })

  it('gives an example of a JSON schema, and an object when any will do', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    const json_schema = { name: 's', schema }
    const messages = [{ role: 'user', content: 'json please' }]

    const typed = await chat({ response_format: { type: 'json_schema', json_schema } })
    const free = await chat({ messages, response_format: { type: 'json_object' } })

    expect(choices(typed)[0]?.message.content).toBe('{"ok":true}')
    expect(choices(free)[0]?.message.content).toBe('{"said":"json please"}')
  })

  it('sees images, stops at stop words and at the token limit, and makes several choices', async () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
    const content = [{ type: 'text', text: 'look' }, image, image]

    const images = await chat({ messages: [{ role: 'user', content }] })
    const stopped = await chat({ stop: ['there'] })
    const limited = await chat({ max_tokens: 2 })
    const several = await chat({ n: 2 })

    expect(choices(images)[0]?.message.content).toBe('You said: look (images: 2)')
    expect(choices(stopped)[0]?.message.content).toBe('You said: hello')
    expect(choices(limited)[0]).toMatchObject({
      message: { content: 'You said:' },
      finish_reason: 'length',
    })
    expect(choices(several)).toHaveLength(2)
  })
})

describe('other operations', () => {
  const post = (path: string, body: unknown): Promise<HttpAnswer> =>
    httpCall(`${fake.baseUrl}${path}`, { ...authorized, body })

  it('lists models and shows one', async () => {
    const list = await httpCall(`${fake.baseUrl}/models`, authorized)
    const one = await httpCall(`${fake.baseUrl}/models/fake-embed`, authorized)
    const none = await httpCall(`${fake.baseUrl}/models/none`, authorized)

    expect(list.json()).toMatchObject({
      object: 'list',
      data: [{ id: 'fake-chat', object: 'model' }, { id: 'fake-embed' }],
    })
    expect(one.json()).toEqual((list.json() as { data: unknown[] }).data[1])
    expect(none.status).toBe(404)
  })

  it('embeds the same text as the same vector, as floats and as base64', async () => {
    const body = { model: 'fake-embed', input: ['a', 'b', 'a'], dimensions: 3 }

    const floats = await post('/embeddings', body)
    const encoded = await post('/embeddings', { ...body, encoding_format: 'base64' })

    const vectors = (floats.json() as { data: { embedding: number[] }[] }).data
    const texts = (encoded.json() as { data: { embedding: string }[] }).data
    const decoded = texts.map(({ embedding }) => {
      const bytes = Buffer.from(embedding, 'base64')
      return [0, 4, 8].map((offset) => bytes.readFloatLE(offset))
    })
    expect(vectors[0]).toMatchObject({ embedding: vectors[2]?.embedding })
    expect(vectors[1]?.embedding).not.toEqual(vectors[0]?.embedding)
    expect(decoded).toEqual(vectors.map(({ embedding }) => embedding))
    expect(floats.json()).toMatchObject({ usage: { prompt_tokens: 3 } })
  })

  it('takes one list of token ids as one input', async () => {
    const answer = await post('/embeddings', { model: 'fake-embed', input: [1, 2, 3] })

    expect((answer.json() as { data: unknown[] }).data).toHaveLength(1)
    expect(answer.json()).toMatchObject({ usage: { prompt_tokens: 3 } })
  })

  it('completes text, streamed and not, once per prompt and choice', async () => {
    const body = { model: 'fake-chat', prompt: ['one', 'two'], n: 2 }

    const unary = await post('/completions', { ...body, echo: true })
    const stream = await post('/completions', {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })

    const texts = (unary.json() as { choices: { text: string }[] }).choices.map(({ text }) => text)
    const chunks = events(stream.body)
    expect(unary.json()).toMatchObject({ object: 'text_completion' })
    expect(texts).toEqual([
      'one You said: one',
      'one You said: one',
      'two You said: two',
      'two You said: two',
    ])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2 } })
    expect(chunks.filter((chunk) => JSON.stringify(chunk).includes('"stop"'))).toHaveLength(4)
    expect(stream.body.endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

describe('options', () => {
  it('treats each key as told, and tells which keys came', async () => {
    const keys = { k1: 'ok', k2: { status: 429, retryAfter: 7 }, k3: { status: 401 } } as const
    await using provider = await startOpenAIChatFake({ keys })
    const ask = (key: string): Promise<HttpAnswer> =>
      httpCall(`${provider.baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } })

    const before = [await ask('k1'), await ask('k2'), await ask('k3')]
    provider.setKey('k2', 'ok')
    provider.setKey('k4', { status: 403, code: 'banned', message: 'Go away.' })
    const after = [await ask('k2'), await ask('k4')]

    expect(before.map((answer) => answer.status)).toEqual([200, 429, 401])
    expect(before[1]?.headers['retry-after']).toBe('7')
    expect(before[1]?.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    expect(after.map((answer) => answer.status)).toEqual([200, 403])
    expect(after[1]?.json()).toMatchObject({ error: { code: 'banned', message: 'Go away.' } })
    expect(provider.keysUsed('/models')).toEqual(['k1', 'k2', 'k3', 'k2', 'k4'])
    expect(provider.keysUsed()).toEqual([])
  })

  it('refuses streams when told so', async () => {
    await using provider = await startOpenAIChatFake({ stream: 'refused' })

    const refused = await chat({ stream: true }, provider)
    const absent = await chat({}, provider)

    expect(refused.json()).toMatchObject({ error: { param: 'stream' } })
    expect(absent.status).toBe(200)
  })

  it('holds extra rules and a narrower list of fields', async () => {
    const cites = 'a test'
    const noise = { cites, check: () => ({ at: 'noise', message: 'is never right' }) }
    await using narrow = await startOpenAIChatFake({ parameters: ['model', 'messages'] })
    await using picky = await startOpenAIChatFake({ extraRules: { noise } })

    const unknown = await chat({ temperature: 1 }, narrow)
    const never = await chat({}, picky)

    expect(unknown.json()).toMatchObject({ error: { param: 'temperature' } })
    expect(never.json()).toMatchObject({ error: { param: 'noise' } })
  })

  it('plays an answer with gates of the test in it', async () => {
    await using provider = await startOpenAIChatFake({
      answer: () => ({ text: ['one', 'two'] }),
      play: (steps) =>
        steps.flatMap((step): ScriptStep[] =>
          step.do === 'write' ? [{ do: 'gate', name: 'g' }, step] : [step],
        ),
    })
    const gate = provider.server.gate('g')

    const answer = chat({ stream: true }, provider)
    for (let frame = 0; frame < 5; frame += 1) {
      await gate.arrived()
      gate.pass()
    }

    expect((await answer).body).toContain('two')
  })

  it('finds keys in a header of their own', async () => {
    const options = { keys: { k1: 'ok' }, keyPlace: { header: 'x-key' } } as const
    await using provider = await startOpenAIChatFake(options)
    const ask = (headers: Record<string, string | string[]>) =>
      httpCall(`${provider.baseUrl}/models`, { headers })

    const answers = [
      await ask({ 'x-key': 'k1' }),
      await ask({ authorization: 'Bearer k1' }),
      await ask({ 'x-key': '' }),
      await ask({ 'x-key': ['k1', 'k1'] }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 401])
    expect(provider.keysUsed('/models')).toEqual(['k1', undefined, undefined, undefined])
  })

  it('serves routes of the test below its base path, for good keys only', async () => {
    const routes = { 'POST /audio/speech': () => [{ do: 'head', status: 201 } as const] }
    await using provider = await startOpenAIChatFake({ basePath: '/x/v2', routes })
    const url = `${provider.baseUrl}/audio/speech`

    const answer = await httpCall(url, { ...authorized, body: {} })
    const refused = await httpCall(url, { body: {} })

    expect(provider.baseUrl).toBe(`${provider.server.url}/x/v2`)
    expect(answer.status).toBe(201)
    expect(refused.status).toBe(401)
  })
})
