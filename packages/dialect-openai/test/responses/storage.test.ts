import type { AnswerStorage, CallInput, JsonObject, StoredReply } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import {
  answers,
  collect,
  contextOf,
  decode,
  headOf,
  input,
  parsed,
  recording,
  violationsOf,
} from './support/responses.ts'

const storage = openaiResponses.storage as AnswerStorage
const asBytes = (body: JsonObject) => json(body)
const answer: JsonObject = {
  ...JSON.parse(recording('openai-json-tools').responseBody),
  id: 'resp_1',
}
const request = {
  model: 'm',
  instructions: 'Only now.',
  input: [
    { role: 'user', content: 'hi' },
    { type: 'reasoning', id: 'rs_0', summary: [], encrypted_content: 'E' },
    {
      type: 'function_call',
      id: 'fc_0',
      status: 'completed',
      call_id: 'c0',
      name: 'f',
      arguments: '{}',
    },
    { type: 'function_call_output', call_id: 'c0', output: 'x' },
  ],
}
const record = (body: JsonObject = request, of: JsonObject = answer): JsonObject =>
  JSON.parse(JSON.stringify(storage.record(asBytes(body), headOf(body), of)))

const resume = (body: JsonObject, kept: JsonObject = record()) => {
  const raw = asBytes(body)
  return JSON.parse(textOf(storage.resume(raw, headOf(raw), kept)))
}

const ask = (path: string, rest: Partial<CallInput> = {}): StoredReply =>
  storage.serve(input(undefined, { operation: 'resource', method: 'GET', path, ...rest }), record())
const documentOf = ({ body }: StoredReply) => JSON.parse(textOf(body))

describe('storing', () => {
  it.each([
    [{ input: 'a' }, true],
    [{ input: 'a', store: true }, true],
    [{ input: 'a', store: null }, true],
    [{ input: 'a', store: false }, false],
  ])('is wanted, or not: %j', (body, expected) => {
    expect(storage.isWanted(json(body), headOf(body))).toBe(expected)
  })

  it('is not wanted for a count', () => {
    const body = json({ input: 'a' })

    expect(storage.isWanted(body, headOf(body, { operation: 'count-tokens' }))).toBe(false)
  })

  it('keeps all items, each with an id, and the document', () => {
    const kept = record()

    expect(kept['answer']).toEqual(answer)
    expect(kept['input']).toMatchObject([
      { type: 'message', id: 'msg_1_in0', content: [{ type: 'input_text', text: 'hi' }] },
      { type: 'reasoning', id: 'rs_0' },
      { type: 'function_call', id: 'fc_0' },
      { type: 'function_call_output', id: 'fco_1_in3' },
    ])
  })

  it('keeps a text as what the user says', () => {
    expect(record({ model: 'm', input: 'hi' })['input']).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    ])
  })
})

describe('continuing another answer', () => {
  const continueAs = (body: string, id?: string) => {
    const raw = bytes(body)
    return textOf(storage.continueAs(raw, headOf(raw), id))
  }
  const body = '{ "model":"m" , "previous_response_id" : "resp_\\u0031",\n "input":"h\\u0069" }'

  it('changes nothing but its id', () => {
    expect(continueAs(body, 'resp_2')).toBe(body.replace('resp_\\u0031', 'resp_2'))
    expect(continueAs('{"previous_response_id":null,"input":"a"}', 'resp_2')).toBe(
      '{"previous_response_id":"resp_2","input":"a"}',
    )
    expect(continueAs('{"input":"a" }', 'resp_2')).toBe(
      '{"input":"a","previous_response_id":"resp_2" }',
    )
  })

  it('or none takes the member out', () => {
    expect(continueAs(body)).toBe('{ "model":"m",\n "input":"h\\u0069" }')
    expect(continueAs('{"previous_response_id":"resp_1","input":"a"}')).toBe('{"input":"a"}')
  })

  it('gives the same array where nothing changes', () => {
    const none = bytes('{"input":"a"}')
    const one = bytes('{"input":"a","previous_response_id":"resp_1"}')

    expect(storage.continueAs(none, headOf(none), undefined)).toBe(none)
    expect(storage.continueAs(one, headOf(one), 'resp_1')).toBe(one)
  })
})

describe('continuing', () => {
  it.each(['chat', 'count-tokens', 'opaque'] as const)(
    'is told of a call of the operation %s',
    (operation) => {
      const continues = (previous_response_id: string | null) =>
        headOf({ model: 'm', input: 'a', previous_response_id }, { operation }).continues

      expect([continues('resp_1'), continues(''), continues(null)]).toEqual([
        'resp_1',
        undefined,
        undefined,
      ])
    },
  )

  it('puts the earlier items before the new ones, and the id away', () => {
    const body = resume({
      model: 'm',
      previous_response_id: 'resp_1',
      input: 'And now?',
      temperature: 1,
    })

    expect(body).not.toHaveProperty('previous_response_id')
    expect(body).not.toHaveProperty('instructions')
    expect(body.temperature).toBe(1)
    const types = body.input.map((item: JsonObject) => item['type'] ?? 'message')
    expect(types).toEqual([
      ...['message', 'reasoning', 'function_call', 'function_call_output'],
      ...['message', 'function_call', 'message'],
    ])
    expect(body.input.at(-1)).toEqual({ role: 'user', content: 'And now?' })
  })

  it('sends no ids that a provider without the items could look up, but those of reasoning', () => {
    const { input: items } = resume({ model: 'm', previous_response_id: 'resp_1', input: [] })

    expect(items.filter(({ id }: JsonObject) => id !== undefined)).toMatchObject([{ id: 'rs_0' }])
  })

  it('leaves reasoning behind that nobody could read', () => {
    const body = {
      model: 'm',
      input: [
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { role: 'user', content: 'a' },
      ],
    }

    expect(resume({ model: 'm', input: [] }, record(body)).input[0]).toMatchObject({ role: 'user' })
  })

  it('resolves references into the chain by the chain itself', () => {
    const own = [
      { type: 'item_reference', id: 'rs_0' },
      { id: 'fc_0' },
      { type: 'item_reference', id: 'elsewhere' },
      { role: 'user', content: 'b' },
    ]
    const { input: items } = resume({ model: 'm', previous_response_id: 'resp_1', input: own })

    expect(items.slice(-2)).toEqual([
      { type: 'item_reference', id: 'elsewhere' },
      { role: 'user', content: 'b' },
    ])
  })

  it('keeps the bytes of the new items', () => {
    const raw = bytes(
      '{"previous_response_id":"resp_1","input":[ {"role":"user","content":"\\u0061", "n":1.0} ]}',
    )
    const kept = storage.resume(raw, headOf(raw), record())

    expect(textOf(kept)).toContain('{"role":"user","content":"\\u0061", "n":1.0}')
  })

  it('continues an answer that continued another one', () => {
    const second = resume({ model: 'm', previous_response_id: 'resp_1', input: 'b' })
    const third = resume(
      { model: 'm', previous_response_id: 'resp_2', input: 'c' },
      record(second, { ...answer, id: 'resp_2' }),
    )

    expect(third.input.length).toBe(
      second.input.length + (answer['output'] as unknown[]).length + 1,
    )
  })

  it('lets the answer repeat the id that went away, which is read from what the client sent', () => {
    const client = { model: 'm', previous_response_id: 'resp_1', input: 'b' }
    const whole = openaiResponses.chat.encodeResponse(
      { content: [], finish: { reason: 'stop' } },
      contextOf(client),
    )

    expect(JSON.parse(textOf(whole)).previous_response_id).toBe('resp_1')
  })

  it('is refused for an id that nobody knows, with the code that clients wait for', () => {
    const error = storage.unknown('resp_9', headOf({ previous_response_id: 'resp_9', input: 'a' }))
    const { status, body } = openaiResponses.encodeError(error)

    expect(status).toBe(400)
    expect(JSON.parse(textOf(body)).error).toMatchObject({
      code: 'previous_response_not_found',
      param: 'previous_response_id',
      type: 'invalid_request_error',
    })
  })
})

describe('asking for a stored answer', () => {
  it('gives the document', () => {
    expect(documentOf(ask('/v1/responses/resp_1'))).toEqual(answer)
  })

  it('forgets it when asked to', () => {
    const reply = ask('/v1/responses/resp_1', { method: 'DELETE' })

    expect(reply.forget).toBe(true)
    expect(documentOf(reply)).toEqual({ id: 'resp_1', object: 'response', deleted: true })
  })

  it.each([
    ['POST', '/v1/responses/resp_1/cancel', 'invalid_request'],
    ['GET', '/v1/responses/resp_1/output', 'not_found'],
    ['POST', '/v1/responses/resp_1', 'not_found'],
    ['GET', '/v1/responses/resp_1/input_items/x', 'not_found'],
  ])('is refused: %s %s', (method, path, code) => {
    expect(() => ask(path, { method })).toThrow(expect.objectContaining({ code }))
  })

  it('is refused for an id that nobody knows', () => {
    const head = headOf(undefined, {
      operation: 'resource',
      method: 'GET',
      path: '/v1/responses/resp_9',
    })
    const { status, body } = openaiResponses.encodeError(storage.unknown('resp_9', head))

    expect(status).toBe(404)
    expect(textOf(body)).toContain('resp_9')
  })

  it('gives its stream once more', () => {
    const reply = ask('/v1/responses/resp_1', { query: 'stream=true' })
    const stream = textOf(reply.body)

    expect(reply.framing).toBe('sse')
    expect(violationsOf(stream)).toEqual([])
    expect(parsed(stream).at(-1)?.['response']).toEqual(answer)
  })

  it('gives the rest of its stream', () => {
    const whole = parsed(textOf(ask('/v1/responses/resp_1', { query: 'stream=true' }).body))
    const rest = parsed(
      textOf(ask('/v1/responses/resp_1', { query: 'stream=true&starting_after=3' }).body),
    )

    expect(rest).toEqual(whole.slice(4))
  })

  it.each(['x', '1.5', '-2'])('is refused for the event %s', (number) => {
    expect(() =>
      ask('/v1/responses/resp_1', { query: `stream=true&starting_after=${number}` }),
    ).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'starting_after' }))
  })

  it.each(answers.filter(({ file }) => !file.startsWith('openai-json-05')))(
    'gives a legal stream that says what $file says',
    ({ responseBody }) => {
      const kept = record(request, JSON.parse(responseBody))
      const reply = storage.serve(
        input(undefined, {
          operation: 'resource',
          method: 'GET',
          path: '/responses/x',
          query: 'stream=true',
        }),
        kept,
      )

      expect(violationsOf(reply.body)).toEqual([])
      const { extensions: _, ...whole } = openaiResponses.chat.decodeResponse(
        Buffer.from(responseBody),
      )
      const texts = (value: unknown) =>
        JSON.parse(JSON.stringify(value, (key, one) => (key === 'extensions' ? undefined : one)))
      expect(texts(collect(decode(reply.body)))).toEqual(texts(whole))
    },
  )
})

describe('asking for the items of an answer', () => {
  const list = (query: string) => documentOf(ask('/v1/responses/resp_1/input_items', { query }))
  const ids = (query: string) => list(query).data.map(({ id }: JsonObject) => id)

  it('gives them newest first', () => {
    expect(list('')).toMatchObject({
      object: 'list',
      first_id: 'fco_1_in3',
      last_id: 'msg_1_in0',
      has_more: false,
    })
  })

  it('gives them in pages', () => {
    expect(ids('order=asc&limit=2')).toEqual(['msg_1_in0', 'rs_0'])
    expect(list('order=asc&limit=2').has_more).toBe(true)
    expect(ids('order=asc&limit=2&after=rs_0')).toEqual(['fc_0', 'fco_1_in3'])
    expect(ids('limit=1&after=fco_1_in3')).toEqual(['fc_0'])
  })

  it('gives an empty page behind the last one', () => {
    expect(list('after=msg_1_in0')).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    })
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=many', 'limit'],
    ['order=random', 'order'],
    ['after=nothing', 'after'],
  ])('is refused: %s', (query, param) => {
    expect(() => list(query)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
  })

  it('is a legal answer', () => {
    expect(openaiResponses.validateResponse(ask('/v1/responses/resp_1/input_items').body)).toEqual(
      [],
    )
    expect(
      openaiResponses.validateResponse(ask('/v1/responses/x', { method: 'DELETE' }).body),
    ).toEqual([])
  })
})

describe('references to items of kept answers', () => {
  const key = '0123456789abcdef0123456789abcdef'
  const kept = record(
    { model: 'm', input: 'hi' },
    {
      ...answer,
      id: `resp_${key}`,
      output: [
        { type: 'reasoning', id: `rs_${key}_0`, summary: [] },
        {
          type: 'message',
          id: `msg_${key}_1`,
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hello.', annotations: [] }],
        },
      ],
    },
  )
  const refer = (...ids: readonly string[]) =>
    asBytes({
      model: 'm',
      input: [
        ...ids.map((id) => ({ type: 'item_reference', id })),
        { role: 'user', content: 'And?' },
      ],
    })
  const referred = (body: Uint8Array) => storage.references?.(body, headOf(body))
  const inserted = (body: Uint8Array): JsonObject[] => {
    const filled = storage.insert?.(body, headOf(body), [kept])
    return JSON.parse(textOf(filled ?? new Uint8Array())).input
  }

  it('tell the answers, each once', () => {
    const body = refer(
      `msg_${key}_1`,
      `rs_${key}_0`,
      `msg_${key}_in0`,
      `fc_${key.replace('0', 'f')}_2`,
    )

    expect(referred(body)).toEqual([`resp_${key}`, `resp_${key.replace('0', 'f')}`])
  })

  it.each([
    ['no reference', asBytes({ model: 'm', input: [{ role: 'user', content: 'hi' }] })],
    ['one only in words', asBytes({ model: 'm', input: 'What is an item_reference?' })],
    ['an id of a provider', refer('msg_68e5a0d7c1848193ac03f5dd19c2b6ab0123456789abcdef')],
    ['an id of nobody', refer('', 'x', `resp_${key}`)],
  ])('tell none: %s', (_, body) => {
    expect(referred(body)).toEqual([])
  })

  it('become the items, without what nobody could read, and the rest stays', () => {
    expect(inserted(refer(`msg_${key}_in0`, `rs_${key}_0`, `msg_${key}_1`, 'msg_other'))).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello.', annotations: [] }],
      },
      { type: 'item_reference', id: 'msg_other' },
      { role: 'user', content: 'And?' },
    ])
  })

  it('to what nobody knows are an error that names the input', () => {
    const head = headOf(refer(`msg_${key}_1`))

    expect(storage.unknown(`resp_${key}`, head)).toMatchObject({
      code: 'invalid_request',
      param: 'input',
      message: expect.stringContaining('Send the items themselves'),
    })
  })
})
