import { describe, expect, it } from 'vitest'
import { call, create, created, fakeWith, type Json, outputFor, tool } from './asking.ts'
import { typed } from './typed.ts'

const hello = { input: [{ role: 'user', content: 'hello there' }] }

async function answerTo(body: Json): Promise<Json & { readonly output: readonly Json[] }> {
  return await created(await fakeWith({}), body)
}

async function textOf(body: Json): Promise<string> {
  const { output } = await answerTo(body)
  const said = output.find(({ type }) => type === 'message')
  return (said?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? ''
}

describe('the default model', () => {
  it('repeats the last user text and counts words as tokens', async () => {
    expect(await answerTo(hello)).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{12}$/),
      status: 'completed',
      model: 'fake-chat',
      output: [
        {
          type: 'message',
          id: expect.stringMatching(/^msg_/),
          role: 'assistant',
          content: [{ type: 'output_text', text: 'You said: hello there', annotations: [] }],
        },
      ],
      usage: { input_tokens: 2, output_tokens: 4, total_tokens: 6 },
    })
    expect(await textOf({ input: 'plain' })).toBe('You said: plain')
  })

  it('answers the same request with the same bytes', async () => {
    const fake = await fakeWith({})
    const [first, second] = [await create(fake, hello), await create(fake, hello)]

    expect(second.body).toBe(first.body)
    expect(second.headers['x-request-id']).toBe(first.headers['x-request-id'])
  })

  it('streams what it would have answered unstreamed, in several deltas', async () => {
    const fake = await fakeWith({})
    const body = { ...hello, reasoning: { effort: 'low', summary: 'auto' }, tools: [tool('hello')] }
    const unary = await created(fake, body)
    const stream = await create(fake, { ...body, stream: true })

    const events = typed(stream.body)
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(events.at(-1)?.['response']).toEqual(unary)
    expect(events.filter(({ type }) => String(type).endsWith('.delta')).length).toBeGreaterThan(4)
    expect(stream.body).not.toContain('[DONE]')
  })

  it.each<readonly [string, Json, readonly string[]]>([
    ['the first when none is named', {}, ['alpha']],
    ['all that are named', { input: 'use alpha and beta' }, ['alpha', 'beta']],
    [
      'one when they may not be parallel',
      { input: 'alpha beta', parallel_tool_calls: false },
      ['alpha'],
    ],
    ['the one that is forced', { tool_choice: { type: 'function', name: 'beta' } }, ['beta']],
    [
      'one of those that are allowed',
      {
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [{ type: 'function', name: 'beta' }],
        },
      },
      ['beta'],
    ],
    ['a custom one', { tool_choice: { type: 'custom', name: 'gamma' } }, ['gamma']],
    ['one of a namespace', { input: 'delta' }, ['delta']],
    ['none when told so', { tool_choice: 'none' }, []],
    ['none when a hosted one is forced', { tool_choice: { type: 'shell' } }, []],
  ])('calls %s', async (_, body, names) => {
    const { output } = await answerTo({
      input: 'hi',
      tools: [
        tool('alpha'),
        tool('beta'),
        { type: 'custom', name: 'gamma' },
        { type: 'namespace', name: 'n', description: '', tools: [tool('delta')] },
        { type: 'shell' },
      ],
      ...body,
    })

    const calls = output.filter(({ type }) => type !== 'message')
    expect(calls.map(({ name }) => name)).toEqual(names)
    expect(output.length - calls.length).toBe(names.length === 0 ? 1 : 0)
    expect(calls.map(({ namespace }) => namespace ?? null)).toEqual(
      names.map((name) => (name === 'delta' ? 'n' : null)),
    )
  })

  it('makes arguments that fit the schema, and text for a custom tool', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    const called = await answerTo({ input: 'x', tools: [tool('alpha', parameters)] })
    const custom = await answerTo({ input: 'a b', tools: [{ type: 'custom', name: 'c' }] })

    expect(called.output).toMatchObject([
      {
        type: 'function_call',
        arguments: '{"city":"text"}',
        call_id: expect.stringMatching(/^call_/),
      },
    ])
    expect(custom.output).toMatchObject([{ type: 'custom_tool_call', name: 'c', input: 'a b' }])
  })

  it('repeats tool outputs instead of calling again, in the input and in the chain', async () => {
    const fake = await fakeWith({})
    const body = { input: [{ role: 'user', content: 'alpha' }], tools: [tool('alpha')] }
    const first = await created(fake, body)

    const replayed = await created(fake, {
      ...body,
      input: [...body.input, ...first.output, outputFor(first)],
    })
    const chained = await created(fake, {
      ...body,
      input: [outputFor(first)],
      previous_response_id: first.id,
    })

    for (const { output } of [replayed, chained]) {
      expect(output).toMatchObject([{ content: [{ text: 'Tool results: sun' }] }])
    }
  })

  it('thinks when it is told to, aloud when asked for a summary', async () => {
    const silent = await answerTo({ ...hello, reasoning: { effort: 'low' } })
    const aloud = await answerTo({ ...hello, reasoning: { summary: 'auto' } })
    const not = await answerTo({ ...hello, reasoning: { effort: 'none', summary: 'auto' } })

    expect(silent.output).toMatchObject([{ type: 'reasoning', summary: [] }, { type: 'message' }])
    expect(silent['usage']).toMatchObject({ output_tokens_details: { reasoning_tokens: 1 } })
    expect(aloud.output[0]).toMatchObject({
      summary: [{ type: 'summary_text', text: 'The user says hello there' }],
    })
    expect(not.output).toMatchObject([{ type: 'message' }])
    expect(JSON.stringify([silent, aloud])).not.toContain('encrypted_content')
  })

  it('gives an example of a JSON schema, and an object when any will do', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    const typedText = { format: { type: 'json_schema', name: 's', schema } }

    expect(await textOf({ ...hello, text: typedText })).toBe('{"ok":true}')
    expect(await textOf({ input: 'json please', text: { format: { type: 'json_object' } } })).toBe(
      '{"said":"json please"}',
    )
  })

  it('sees images, and stops at the token limit', async () => {
    const image = { type: 'input_image', image_url: 'https://example.com/a.png' }
    const content = [{ type: 'input_text', text: 'look' }, image, image]
    const long = Array.from({ length: 20 }, (_, index) => `w${index}`).join(' ')

    const cut = await answerTo({ input: long, max_output_tokens: 16 })

    expect(await textOf({ input: [{ role: 'user', content }] })).toBe('You said: look (images: 2)')
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ text: expect.stringMatching(/ w13$/) }] }],
      usage: { output_tokens: 16 },
    })
  })

  it('can be replaced, failures included', async () => {
    const error = { code: 'server_error', message: 'Oops' }
    const fake = await fakeWith({ answer: () => ({ items: [], error, usage: null }) })

    const made = await created(fake, hello)
    const found = await call(fake, ['GET', `/responses/${made.id}`])

    expect(made).toMatchObject({ status: 'failed', error, output: [], usage: null })
    expect(found.json()).toEqual(made)
  })
})
