import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { textOf } from '../support/bytes.ts'
import { called, outputOf, said, stop, thought } from './support/answer-parts.ts'
import {
  context,
  contextOf,
  encodeParts,
  parsed,
  typesOf,
  violationsOf,
} from './support/responses.ts'

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
