import type { CallInput, JsonObject, RequestEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { headOf, input, recording } from './support/responses.ts'

describe('the head of a request', () => {
  it('says what routing needs', () => {
    const { document, ...head } = headOf({
      model: 'm',
      input: 'hi',
      stream: true,
      previous_response_id: 'resp_1',
    })

    expect(document).toBeDefined()
    expect(head).toEqual({
      operation: 'chat',
      model: 'm',
      stream: true,
      framing: 'sse',
      continues: 'resp_1',
      includeUsage: true,
    })
  })

  it.each([
    [{ input: 'a' }],
    [{ model: null, input: 'a' }],
    [{ model: 'm', previous_response_id: 'resp_1' }],
    [{ model: 'm', conversation: 'conv_1' }],
    [{ prompt: { id: 'pmpt_1' } }],
    [{ model: 'm', input: 'a', stream: null, something: { new: true } }],
  ])('accepts %j', (body) => {
    expect(headOf(body).stream).toBe(false)
  })

  it.each([
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: null }, 'input'],
    [{ model: 'm', input: 3 }, 'input'],
    [{ model: ' ', input: 'a' }, 'model'],
    [{ model: 3, input: 'a' }, 'model'],
    [{ model: 'm', input: 'a', stream: 'yes' }, 'stream'],
    [{ model: 'm', input: 'a', tools: {} }, 'tools'],
    [{ model: 'm', input: 'a', reasoning: 'high' }, 'reasoning'],
    [{ model: 'm', input: 'a', store: 1 }, 'store'],
  ])('refuses %j by name', (body, param) => {
    expect(() => headOf(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
  })

  it.each([undefined, bytes('{"input":'), bytes('[]')])('refuses what is no request', (body) => {
    expect(() => headOf(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  it('of a count says that it is one', () => {
    expect(
      headOf({ model: 'm', input: 'a', stream: true }, { operation: 'count-tokens' }),
    ).toMatchObject({
      operation: 'count-tokens',
      model: 'm',
      stream: false,
      framing: 'json',
    })
  })

  const resource = (path: string, rest: Partial<CallInput> = {}) =>
    headOf(undefined, { operation: 'resource', method: 'GET', path, ...rest })

  it.each([
    ['/v1/responses/resp_1', {}, 'resp_1', false],
    ['/responses/resp_1/input_items', {}, 'resp_1', false],
    ['/v1/responses/responses', {}, 'responses', false],
    ['/v1/responses/resp%5F1/cancel', { method: 'POST' }, 'resp_1', false],
    ['/v1/responses/resp_1', { query: 'stream=true&starting_after=4' }, 'resp_1', true],
    ['/v1/responses/resp_1', { query: 'stream=false' }, 'resp_1', false],
    ['/v1/responses/resp_1', { query: 'stream=true', method: 'DELETE' }, 'resp_1', false],
    ['/v1/responses/resp_1/input_items', { query: 'stream=true' }, 'resp_1', false],
    ['/v1/responses/%E0%A4%A', {}, '%E0%A4%A', false],
  ])('of a stored answer names it: %s %j', (path, rest, resourceId, stream) => {
    expect(resource(path, rest)).toEqual({
      operation: 'resource',
      resourceId,
      stream,
      framing: stream ? 'sse' : 'json',
      includeUsage: true,
    })
  })

  it('of a stored answer is refused where the path names none', () => {
    expect(() => resource('/v1/responses')).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  it('of anything else knows its model', () => {
    const head = headOf(
      { model: 'm', input: 'a' },
      { operation: 'opaque', path: '/v1/responses/compact' },
    )

    expect(head).toMatchObject({ operation: 'opaque', model: 'm', framing: 'opaque' })
  })
})

describe('the path at a provider', () => {
  const pathOf = (operation: CallInput['operation'], call: Partial<CallInput> = {}) =>
    openaiResponses.requestPath({
      operation,
      model: 'm',
      stream: false,
      framing: 'json',
      input: input(undefined, { operation, ...call }),
    })

  it('is the operation’s, or the client’s own', () => {
    expect(pathOf('chat')).toBe('/responses')
    expect(pathOf('count-tokens')).toBe('/responses/input_tokens')
    expect(pathOf('resource', { path: '/v1/responses/resp_1', query: 'stream=true' })).toBe(
      '/responses/resp_1?stream=true',
    )
    expect(pathOf('opaque', { path: '/v1/responses/compact' })).toBe('/responses/compact')
  })
})

describe('the parts of a conversation', () => {
  const spansOf = (body: unknown, through?: string) => {
    const raw = body instanceof Uint8Array ? body : json(body)
    const spans = openaiResponses.spans(raw, headOf(raw), through === undefined ? {} : { through })
    const text = (range: { start: number; end: number } | undefined) =>
      range === undefined ? undefined : textOf(raw.subarray(range.start, range.end))
    return {
      system: text(spans.system),
      tools: text(spans.tools),
      messages: spans.messages.map(({ role, texts, others, ...range }) => ({
        role,
        texts: texts.map(text),
        others,
        all: text(range),
      })),
    }
  }

  it('are the items of the input', () => {
    const items = [
      { role: 'developer', content: 'd' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'x' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'o' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
    ]
    const { messages, system, tools } = spansOf({ model: 'm', input: items, tools: [] })

    expect(messages.map(({ role }) => role)).toEqual([
      'developer',
      'user',
      'assistant',
      'assistant',
      'tool',
      'assistant',
    ])
    expect(messages.map(({ texts }) => texts)).toEqual([['"d"'], ['"a"'], [], [], ['"o"'], ['"b"']])
    expect(messages.map(({ others }) => others)).toEqual([0, 1, 1, 1, 1, 0])
    expect(messages.map(({ all }) => JSON.parse(all ?? ''))).toEqual(items)
    expect(system).toBe(JSON.stringify(items[0]))
    expect(tools).toBe('[]')
  })

  it('are parts of messages, and items that are no messages as wholes', () => {
    const image = { type: 'input_image', image_url: 'x' }
    const text = { type: 'input_text', text: 'a' }
    const { messages } = spansOf({
      input: [
        { role: 'user', content: [image, text, image, { type: 'input_text' }] },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
        { type: 'function_call_output', role: 'user', call_id: 'c', output: [text, image] },
        { role: 'user', output: 'no content' },
        { type: 'web_search_call', id: 'ws_1' },
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', type: 'odd', content: 'b' },
      ],
    })

    expect(messages.map(({ role, texts, others }) => [role, others, ...texts])).toEqual([
      ['user', 3, '"a"'],
      ['assistant', 1],
      ['tool', 1, '"a"'],
      ['user', 0],
      ['assistant', 1],
      ['', 1],
      ['', 1, '"b"'],
    ])
  })

  it('are one message where the input is a text', () => {
    const { messages, system } = spansOf({ model: 'm', instructions: 'I', input: 'hi' })

    expect(messages).toEqual([{ role: 'user', texts: ['"hi"'], others: 0, all: '"hi"' }])
    expect(system).toBe('"I"')
  })

  it('are looked for no further than asked', () => {
    const body = {
      model: 'm',
      input: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    }

    expect(spansOf(body, 'user').messages).toHaveLength(1)
  })

  it('are none where an earlier answer is all', () => {
    expect(spansOf({ previous_response_id: 'resp_1' }).messages).toEqual([])
  })

  it('are refused with a key that comes twice', () => {
    expect(() =>
      spansOf(bytes('{"input":[{"role":"user","role":"system","content":"a"}]}')),
    ).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('editing', () => {
  const editText = (text: string, edit: RequestEdit, rest: Partial<CallInput> = {}) => {
    const raw = bytes(text)
    return textOf(openaiResponses.editRequest(raw, headOf(raw, rest), edit))
  }

  it('gives the same bytes where nothing changes', () => {
    const raw = json(recording('openai-json-tools').request)

    expect(openaiResponses.editRequest(raw, headOf(raw), {})).toBe(raw)
    expect(
      openaiResponses.editRequest(raw, headOf(raw), {
        model: String(recording('openai-json-tools').request['model']),
        includeUsage: true,
      }),
    ).toBe(raw)
  })

  it('changes what it is told to, and no other byte', () => {
    const text =
      '{ "model" : "m" ,"input":"h\\u0069", "temperature":1.0,\n"text": { "format" : {"type":"json_schema","schema":{"n":1e2}} }, "reasoning":{"summary":"auto"} }'

    expect(
      editText(text, {
        model: 'n',
        overrides: { temperature: 0.5, reasoningEffort: 'high', verbosity: 'low' },
        defaults: { topP: 0.9, maxOutputTokens: 10 },
      }),
    ).toBe(
      '{ "model" : "n" ,"input":"h\\u0069", "temperature":0.5,\n"text": {"verbosity":"low", "format" : {"type":"json_schema","schema":{"n":1e2}} }, "reasoning":{"effort":"high","summary":"auto"},"top_p":0.9,"max_output_tokens":10 }',
    )
  })

  it('lets the client win over defaults', () => {
    const body = {
      input: 'a',
      temperature: 1,
      reasoning: { effort: 'low' },
      text: { verbosity: 'high' },
    }
    const edited = editText(JSON.stringify(body), {
      defaults: { temperature: 0, reasoningEffort: 'high', verbosity: 'low', topP: 0.1 },
    })

    expect(JSON.parse(edited)).toEqual({ ...body, top_p: 0.1 })
  })

  it.each([
    ['{"input":"a"}', { effort: 'high' }],
    ['{"input":"a","reasoning":null}', { effort: 'high' }],
    ['{"input":"a","reasoning":{}}', { effort: 'high' }],
    ['{"input":"a","reasoning":{ }}', { effort: 'high' }],
    ['{"input":"a","reasoning":{"effort":null}}', { effort: 'high' }],
    ['{"input":"a","reasoning":{"effort":"low","mode":"pro"}}', { effort: 'low', mode: 'pro' }],
  ])('fills in how hard to think: %s', (text, reasoning) => {
    expect(JSON.parse(editText(text, { defaults: { reasoningEffort: 'high' } })).reasoning).toEqual(
      reasoning,
    )
  })

  it('overrides how hard to think, once', () => {
    const edited = editText('{"input":"a","reasoning":{"effort":"low"}}', {
      defaults: { reasoningEffort: 'minimal' },
      overrides: { reasoningEffort: 'high' },
    })

    expect(edited).toBe('{"input":"a","reasoning":{"effort":"high"}}')
  })

  it('applies patches last, and cuts in texts', () => {
    const text =
      '{"input":[{"role":"user","content":[{"type":"input_text","text":"!cmd h\\u0069"}]}],"store":true}'
    const edited = editText(text, {
      overrides: { temperature: 1 },
      patches: [
        { set: 'store', value: false },
        { remove: 'temperature' },
        { rename: 'input', to: 'items' },
      ],
      conversation: [{ message: 0, text: 0, start: 0, end: 5, insert: '' }],
    })

    expect(edited).toBe(
      '{"items":[{"role":"user","content":[{"type":"input_text","text":"h\\u0069"}]}],"store":false}',
    )
  })

  it('cuts in an input that is a text', () => {
    expect(
      editText('{"input":"!cmd hi"}', {
        conversation: [{ message: 0, text: 0, start: 0, end: 5, insert: '' }],
      }),
    ).toBe('{"input":"hi"}')
  })

  it('sets no parameters of calls that take none', () => {
    const edited = editText(
      '{"model":"m","input":"a"}',
      { model: 'n', overrides: { temperature: 1 } },
      { operation: 'opaque' },
    )

    expect(edited).toBe('{"model":"n","input":"a"}')
  })

  it('sets of a count only what has tokens', () => {
    const edited = editText(
      '{"model":"m","input":"a"}',
      { overrides: { temperature: 1, reasoningEffort: 'low' } },
      { operation: 'count-tokens' },
    )

    expect(edited).toBe('{"model":"m","input":"a","reasoning":{"effort":"low"}}')
  })

  it('refuses a key that comes twice', () => {
    expect(() =>
      editText('{"input":"a","reasoning":{"effort":"low","effort":"high"}}', {
        overrides: { reasoningEffort: 'low' },
      }),
    ).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('a count of tokens', () => {
  const { counting } = openaiResponses

  it('is asked for with what has tokens, and nothing else', () => {
    const raw = json({
      model: 'm',
      instructions: 'I',
      input: 'hi',
      temperature: 1,
      store: true,
      stream: true,
    })
    const head = headOf(raw, { operation: 'count-tokens' })
    const request = counting?.decodeRequest(raw, head)
    const encoded = request === undefined ? undefined : counting?.encodeRequest(request)

    expect(encoded?.body).toEqual({
      model: 'm',
      instructions: 'I',
      input: [{ role: 'user', content: 'hi' }],
    })
  })

  it('is read and written', () => {
    const context = {
      model: 'm',
      id: 'x',
      created: 1,
      framing: 'json',
      includeUsage: true,
    } as const
    const body = json({ object: 'response.input_tokens', input_tokens: 7 })

    expect(counting?.decodeResponse(body)).toEqual({ inputTokens: 7 })
    const written = counting?.encodeResponse({ inputTokens: 7 }, context) ?? new Uint8Array()
    expect(JSON.parse(textOf(written))).toEqual({
      object: 'response.input_tokens',
      input_tokens: 7,
    })
    expect(openaiResponses.validateResponse(written)).toEqual([])
  })

  it.each<[JsonObject | readonly number[], string]>([
    [{ error: { message: 'x', code: 'rate_limit_exceeded' } }, 'upstream_rate_limited'],
    [{ input_tokens: null }, 'upstream_invalid_response'],
    [[1], 'upstream_invalid_response'],
  ])('is none: %j', (body, code) => {
    expect(() => counting?.decodeResponse(json(body))).toThrow(expect.objectContaining({ code }))
  })
})
