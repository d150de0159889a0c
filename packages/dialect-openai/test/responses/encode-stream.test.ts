import { GatewayError, type JsonObject, type OpaqueState, type StreamPart } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { answer, batched } from '../support/arbitrary-parts.ts'
import { textOf } from '../support/bytes.ts'
import {
  collect,
  context,
  contextOf,
  decode,
  encodeParts,
  lastResponse,
  parsed,
  typesOf,
  violationsOf,
} from './support/responses.ts'

const stop = { type: 'finish', reason: 'stop' } as const
const said = (...deltas: string[]): StreamPart[] => [
  { type: 'text-start', id: 't' },
  ...deltas.map((text) => ({ type: 'text-delta', id: 't', text }) as const),
  { type: 'text-end', id: 't' },
]
const called = (id: string, kind: 'function' | 'custom' = 'function', name = 'f'): StreamPart[] => [
  { type: 'tool-call-start', id, callId: `call_${id}`, name, kind },
  { type: 'tool-call-delta', id, arguments: '{"a"' },
  { type: 'tool-call-delta', id, arguments: ':1}' },
  { type: 'tool-call-end', id },
]
const thought = (form: 'summary' | 'raw', state?: readonly OpaqueState[]): StreamPart[] => [
  { type: 'reasoning-start', id: 'r', form },
  { type: 'reasoning-delta', id: 'r', text: 'Hm.' },
  { type: 'reasoning-end', id: 'r', ...(state === undefined ? {} : { state }) },
]
const outputOf = (stream: string) => lastResponse(stream)['output'] as JsonObject[]

const begin = ['response.created', 'response.in_progress']
const item = (...events: string[]) => [
  'response.output_item.added',
  ...events.map((event) => `response.${event}`),
  'response.output_item.done',
]

describe('the events of an answer', () => {
  const orders: readonly (readonly [string, StreamPart[], string[]])[] = [
    ['nothing', [], []],
    [
      'a text',
      said('Hel', 'lo'),
      item(
        'content_part.added',
        'output_text.delta',
        'output_text.delta',
        'output_text.done',
        'content_part.done',
      ),
    ],
    [
      'two texts, which are one message',
      [
        ...said('a'),
        { type: 'text-start', id: 'u' },
        { type: 'text-delta', id: 'u', text: 'b' },
        { type: 'text-end', id: 'u' },
      ],
      item(
        ...['content_part.added', 'output_text.delta', 'output_text.done', 'content_part.done'],
        ...['content_part.added', 'output_text.delta', 'output_text.done', 'content_part.done'],
      ),
    ],
    [
      'a refusal',
      [{ type: 'refusal', text: 'No.' }],
      item('content_part.added', 'refusal.delta', 'refusal.done', 'content_part.done'),
    ],
    [
      'a summary',
      thought('summary'),
      item(
        'reasoning_summary_part.added',
        'reasoning_summary_text.delta',
        'reasoning_summary_text.done',
        'reasoning_summary_part.done',
      ),
    ],
    [
      'the model’s own thoughts',
      thought('raw'),
      item(
        'content_part.added',
        'reasoning_text.delta',
        'reasoning_text.done',
        'content_part.done',
      ),
    ],
    [
      'a function call',
      called('1'),
      item(
        'function_call_arguments.delta',
        'function_call_arguments.delta',
        'function_call_arguments.done',
      ),
    ],
    [
      'a custom call',
      called('1', 'custom'),
      item(
        'custom_tool_call_input.delta',
        'custom_tool_call_input.delta',
        'custom_tool_call_input.done',
      ),
    ],
    [
      'an image',
      [
        {
          type: 'file',
          file: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
        },
      ],
      item(
        'image_generation_call.in_progress',
        'image_generation_call.generating',
        'image_generation_call.completed',
      ),
    ],
    [
      'a web search',
      [
        {
          type: 'provider',
          part: {
            type: 'provider',
            dialect: 'openai-responses',
            value: { type: 'web_search_call', id: 'ws_1', status: 'completed' },
          },
        },
      ],
      item('web_search_call.in_progress', 'web_search_call.searching', 'web_search_call.completed'),
    ],
    [
      'a code run',
      [
        {
          type: 'provider',
          part: {
            type: 'provider',
            dialect: 'openai-responses',
            value: {
              type: 'code_interpreter_call',
              id: 'ci_1',
              status: 'completed',
              code: 'x',
              container_id: 'c',
              outputs: null,
            },
          },
        },
      ],
      item(
        ...[
          'code_interpreter_call.in_progress',
          'code_interpreter_call_code.delta',
          'code_interpreter_call_code.done',
        ],
        ...['code_interpreter_call.interpreting', 'code_interpreter_call.completed'],
      ),
    ],
    [
      'a tool of a remote server that failed',
      [
        {
          type: 'provider',
          part: {
            type: 'provider',
            dialect: 'openai-responses',
            value: {
              type: 'mcp_call',
              id: 'mcp_1',
              status: 'failed',
              arguments: '{}',
              name: 'f',
              server_label: 's',
            },
          },
        },
      ],
      item(
        'mcp_call.in_progress',
        'mcp_call_arguments.delta',
        'mcp_call_arguments.done',
        'mcp_call.failed',
      ),
    ],
    [
      'a part of another protocol',
      [{ type: 'provider', part: { type: 'provider', dialect: 'gemini', value: {} } }],
      [],
    ],
  ]

  it.each(orders)('tell %s', (_, parts, expected) => {
    const stream = encodeParts([...parts, stop])

    expect(typesOf(stream)).toEqual([...begin, ...expected, 'response.completed'])
    expect(violationsOf(stream)).toEqual([])
  })

  it('wait for the first thing that a client can see', () => {
    const encoder = openaiResponses.chat.streamEncoder(context)

    expect(encoder.push([{ type: 'start', id: 'resp_9' }])).toHaveLength(0)
    expect(textOf(encoder.push(said('Hi'))).startsWith('event: response.created\n')).toBe(true)
  })

  it('tell calls that run side by side', () => {
    const [a, b] = [called('1'), called('2', 'custom')]
    const mixed = [a[0], b[0], a[1], b[1], b[2], a[2], a[3], b[3]] as StreamPart[]
    const stream = encodeParts([...mixed, { type: 'finish', reason: 'tool-calls' }])

    expect(violationsOf(stream)).toEqual([])
    expect(outputOf(stream)).toMatchObject([
      { type: 'function_call', call_id: 'call_1', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'call_2', input: '{"a":1}' },
    ])
  })

  it('tell citations of a text, in the text', () => {
    const stream = encodeParts([
      ...said('Hello'),
      { type: 'source', id: 't', citation: { url: 'https://x.test', title: 'X' } },
      { type: 'source', id: 't', citation: { quote: 'of no page' } },
      stop,
    ])

    expect(violationsOf(stream)).toEqual([])
    expect(outputOf(stream)[0]?.['content']).toEqual([
      {
        type: 'output_text',
        text: 'Hello',
        logprobs: [],
        annotations: [
          { type: 'url_citation', url: 'https://x.test', title: 'X', start_index: 0, end_index: 5 },
        ],
      },
    ])
  })

  it('tell the probabilities that this protocol’s provider told', () => {
    const logprobs = [{ token: 'H', logprob: -1, top_logprobs: [] }]
    const stream = encodeParts([
      { type: 'text-start', id: 't' },
      {
        type: 'text-delta',
        id: 't',
        text: 'H',
        logprobs: { dialect: 'openai-responses', value: logprobs },
      },
      {
        type: 'text-delta',
        id: 't',
        text: 'i',
        logprobs: { dialect: 'openai-chat', value: { content: [] } },
      },
      { type: 'text-end', id: 't' },
      stop,
    ])

    const deltas = parsed(stream).filter(({ type }) => type === 'response.output_text.delta')
    expect(deltas.map((delta) => delta['logprobs'])).toEqual([logprobs, []])
    expect(outputOf(stream)).toMatchObject([{ content: [{ logprobs }] }])
  })
})

describe('the response object', () => {
  const request = {
    model: 'm',
    instructions: 'Be brief.',
    tools: [{ type: 'function', name: 'f', parameters: {}, strict: false }],
    tool_choice: 'required',
    temperature: 0.5,
    previous_response_id: 'resp_0',
    store: false,
    metadata: { a: 'b' },
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
    truncation: 'auto',
    max_output_tokens: 50,
    top_p: null,
    conversation: 'conv_1',
  }

  it('repeats the request, with what stands there where it said nothing', () => {
    const answered = lastResponse(encodeParts([...said('Hi'), stop], contextOf(request)))

    expect(answered).toMatchObject({
      ...request,
      model: 'asked-model',
      top_p: 1,
      reasoning: { effort: 'low', summary: null },
      text: { verbosity: 'low', format: { type: 'text' } },
      parallel_tool_calls: true,
      background: false,
    })
  })

  it('has ids of its own, made of the id of the call', () => {
    const { id, output } = lastResponse(encodeParts([...said('Hi'), ...called('1'), stop]))

    expect(id).toBe('resp_call_1')
    expect((output as JsonObject[]).map((one) => one['id'])).toEqual([
      'msg_call_1_0',
      'fc_call_1_1',
    ])
  })

  it('keeps the provider’s id only where it has this protocol’s form', () => {
    const idOf = (id: string) => lastResponse(encodeParts([{ type: 'start', id }, stop]))['id']

    expect(idOf('resp_abc')).toBe('resp_abc')
    expect(idOf('chatcmpl-1')).toBe('resp_call_1')
  })

  it('is in progress, without output and usage, when it begins', () => {
    const [first, second] = parsed(encodeParts([...said('Hi'), stop]))

    for (const event of [first, second]) {
      expect(event?.['response']).toMatchObject({ status: 'in_progress', output: [], usage: null })
    }
  })

  it.each([
    ['stop', 'completed', null],
    ['tool-calls', 'completed', null],
    ['pause', 'completed', null],
    ['other', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
    ['error', 'failed', null],
  ] as const)('says how it ended: %s', (reason, status, details) => {
    const stream = encodeParts([...said('Hi'), { type: 'finish', reason }])

    expect(lastResponse(stream)).toMatchObject({ status, incomplete_details: details })
    expect(typesOf(stream).at(-1)).toBe(`response.${status}`)
    expect(violationsOf(stream)).toEqual([])
  })

  it('says of its last message that it is incomplete', () => {
    const stream = encodeParts([...said('Hi'), { type: 'finish', reason: 'length' }])

    expect(outputOf(stream)[0]?.['status']).toBe('incomplete')
  })

  it('tells the usage, zero where a total is unknown', () => {
    const usage = { inputTokens: 3, cachedInputTokens: 1 }

    expect(lastResponse(encodeParts([{ type: 'usage', usage }, stop]))['usage']).toEqual({
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 3,
    })
  })

  it('is handed over once, when it is finished', () => {
    const kept: JsonObject[] = []
    const keep = (document: JsonObject) => kept.push(document)
    const stream = encodeParts([...said('Hi'), stop], contextOf({}, { keep }))

    expect(kept).toEqual([lastResponse(stream)])
  })

  it('is not handed over when it broke', () => {
    const kept: JsonObject[] = []
    const keep = (document: JsonObject) => kept.push(document)
    encodeParts(
      [...said('Hi'), { type: 'error', error: new GatewayError('internal', 'x') }],
      contextOf({}, { keep }),
    )

    expect(kept).toEqual([])
  })
})

describe('tools of a namespace', () => {
  const tools = [
    {
      type: 'namespace',
      name: 'crm',
      description: '',
      tools: [{ type: 'function', name: 'find' }],
    },
  ]

  it('are told as the client named them', () => {
    const stream = encodeParts(
      [...called('1', 'function', 'crm__find'), stop],
      contextOf({ tools }),
    )

    expect(outputOf(stream)).toMatchObject([
      { type: 'function_call', namespace: 'crm', name: 'find' },
    ])
    expect(violationsOf(stream)).toEqual([])
  })

  it.each(['additional_tools', 'tool_search_output'])('are found in items of %s', (type) => {
    const input = [
      { role: 'user', content: 'Hi' },
      { type, tools },
    ]

    const stream = encodeParts(
      [...called('1', 'custom', 'crm__find'), stop],
      contextOf({ tools: [], input }),
    )

    expect(outputOf(stream)).toMatchObject([
      { type: 'custom_tool_call', namespace: 'crm', name: 'find' },
    ])
    expect(violationsOf(stream)).toEqual([])
  })

  it('are not found where the client has none', () => {
    const stream = encodeParts([...called('1', 'function', 'crm__find'), stop])

    expect(outputOf(stream)[0]).not.toHaveProperty('namespace')
  })
})

describe('state of reasoning', () => {
  const own: OpaqueState = {
    kind: 'encrypted-content',
    data: 'gAAA',
    origin: { dialect: 'openai-responses', scope: 's' },
  }
  const foreign: OpaqueState = {
    kind: 'signature',
    data: 'sig',
    origin: { dialect: 'anthropic-messages', scope: 's' },
  }

  it('goes out as it came', () => {
    const stream = encodeParts([...thought('summary', [own]), stop])

    expect(outputOf(stream)[0]?.['encrypted_content']).toBe('gAAA')
    expect(violationsOf(stream)).toEqual([])
  })

  it('goes out packed where it is another protocol’s', () => {
    const stream = encodeParts([...thought('summary', [foreign]), stop])

    expect(outputOf(stream)[0]?.['encrypted_content']).toBe(packStates([foreign]))
  })

  it('goes out without any words', () => {
    const stream = encodeParts([
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-end', id: 'r', state: [own] },
      stop,
    ])

    expect(outputOf(stream)).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
    ])
    expect(violationsOf(stream)).toEqual([])
  })

  it('is nothing where there are neither words nor state', () => {
    const stream = encodeParts([
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-end', id: 'r' },
      stop,
    ])

    expect(outputOf(stream)).toEqual([])
  })

  it('of a call goes out behind the call', () => {
    const thoughtSignature: OpaqueState = { ...foreign, kind: 'thought-signature' }
    const [start, one, two] = called('1')
    const end: StreamPart = { type: 'tool-call-end', id: '1', state: [thoughtSignature] }
    const stream = encodeParts([start, one, two, end, stop] as StreamPart[])

    expect(outputOf(stream).map(({ type }) => type)).toEqual(['function_call', 'reasoning'])
    expect(violationsOf(stream)).toEqual([])
  })
})

describe('a broken answer', () => {
  const error = new GatewayError('upstream_overloaded', 'The provider is overloaded.')

  it('ends with an error, at which SDKs raise, and a failed response, for which agents wait', () => {
    const stream = encodeParts([...said('Hi'), { type: 'error', error }])

    expect(typesOf(stream).slice(-2)).toEqual(['error', 'response.failed'])
    expect(parsed(stream).at(-2)).toMatchObject({
      code: 'overloaded',
      message: error.message,
      error: { type: 'server_error', code: 'overloaded' },
    })
    expect(lastResponse(stream)).toMatchObject({ status: 'failed', error: { code: 'overloaded' } })
    expect(violationsOf(stream)).toEqual([])
  })

  it('begins legally, also where nothing came before', () => {
    expect(violationsOf(encodeParts([{ type: 'error', error }]))).toEqual([])
  })

  it('says nothing behind its end', () => {
    const encoder = openaiResponses.chat.streamEncoder(context)
    encoder.push([{ type: 'error', error }])

    expect(encoder.push([...said('late'), stop])).toHaveLength(0)
  })
})

describe('any answer', () => {
  it('is a legal stream, whatever its batches', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat()), (parts, cuts) => {
        const encoder = openaiResponses.chat.streamEncoder(context)
        const stream = batched(parts, cuts).map((batch) => textOf(encoder.push(batch)))

        expect(violationsOf(stream.join(''))).toEqual([])
        expect(stream.join('')).toBe(encodeParts(parts))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the document that it gives when it is not streamed', () => {
    fc.assert(
      fc.property(answer, (list) => {
        // A citation that comes behind its message has no event any more.
        const parts = list.filter(({ type }) => type !== 'source')
        if (parts.at(-1)?.type === 'error') return
        const whole = openaiResponses.chat.encodeResponse(
          { ...collect(parts), extensions: {} },
          context,
        )

        expect(JSON.parse(textOf(whole))).toEqual(lastResponse(encodeParts(parts)))
        expect(openaiResponses.validateResponse(whole)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('says the same when it is read again', () => {
    fc.assert(
      fc.property(answer, (parts) => {
        if (
          parts.at(-1)?.type === 'error' ||
          parts.some((part) => part.type === 'finish' && part.reason === 'error')
        )
          return
        const kept = (list: StreamPart[], type: string) =>
          list.map((part) => ('text' in part && part.type === type ? part.text : '')).join('')
        const again = decode(encodeParts(parts))

        for (const type of ['text-delta', 'reasoning-delta', 'refusal']) {
          expect(kept(again, type)).toBe(kept(parts, type))
        }
      }),
      { numRuns: 200 },
    )
  })
})
