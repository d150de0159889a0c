import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ResponsesItem } from '../../../src/fake/openai-responses/answer.ts'
import { responsesDocument } from '../../../src/fake/openai-responses/document.ts'
import { responsesStream } from '../../../src/fake/openai-responses/stream.ts'
import type { Json } from './asking.ts'
import { typed } from './typed.ts'

const request = { model: 'm', input: 'Hi' }
const encrypting = { ...request, include: ['reasoning.encrypted_content'] }

/** The events of one item, after the two that begin a stream and before the one that ends it. */
function eventsOf(item: ResponsesItem, body: Json = request): readonly Json[] {
  return typed(responsesStream({ items: [item] }, body).join('')).slice(2, -1)
}

const short = (events: readonly Json[]): readonly string[] =>
  events.map(({ type }) => String(type).replace('response.', ''))

const raw = (item: Json): ResponsesItem => ({ type: 'raw', item: { id: 'x_1', ...item } })

/** What OpenAI Responses 2.6 says comes between `added` and `done` of each kind of item. */
const orders: readonly (readonly [string, ResponsesItem, readonly string[]])[] = [
  [
    'text with annotations and a refusal',
    {
      type: 'message',
      text: ['a', 'b'],
      annotations: [{ type: 'url_citation', url: 'https://a' }],
      refusal: ['no'],
    },
    [
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.annotation.added',
      'output_text.done',
      'content_part.done',
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
    ],
  ],
  ['a message without parts', { type: 'message' }, []],
  [
    'a function call',
    { type: 'function_call', name: 'f', arguments: ['{', '}'] },
    [
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
    ],
  ],
  [
    'a function call without deltas',
    { type: 'function_call', name: 'f', arguments: [] },
    ['function_call_arguments.done'],
  ],
  [
    'a custom tool call',
    { type: 'custom_tool_call', name: 'c', input: 'x' },
    ['custom_tool_call_input.delta', 'custom_tool_call_input.done'],
  ],
  ['hidden reasoning', { type: 'reasoning' }, []],
  [
    'reasoning with two summary parts',
    { type: 'reasoning', summary: ['a', ['b', 'c']] },
    [
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
    ],
  ],
  [
    'raw reasoning',
    { type: 'reasoning', content: ['a', 'b'] },
    [
      'content_part.added',
      'reasoning_text.delta',
      'reasoning_text.delta',
      'reasoning_text.done',
      'content_part.done',
    ],
  ],
  [
    'a web search',
    raw({ type: 'web_search_call', status: 'completed', action: { type: 'search' } }),
    ['web_search_call.in_progress', 'web_search_call.searching', 'web_search_call.completed'],
  ],
  [
    'a file search',
    raw({ type: 'file_search_call', queries: ['a'] }),
    ['file_search_call.in_progress', 'file_search_call.searching', 'file_search_call.completed'],
  ],
  [
    'an interpreted program',
    raw({ type: 'code_interpreter_call', code: 'x' }),
    [
      'code_interpreter_call.in_progress',
      'code_interpreter_call_code.delta',
      'code_interpreter_call_code.done',
      'code_interpreter_call.interpreting',
      'code_interpreter_call.completed',
    ],
  ],
  [
    'an image',
    raw({ type: 'image_generation_call', result: 'AAAA' }),
    [
      'image_generation_call.in_progress',
      'image_generation_call.generating',
      'image_generation_call.partial_image',
      'image_generation_call.completed',
    ],
  ],
  [
    'the tools of an MCP server',
    raw({ type: 'mcp_list_tools', tools: [] }),
    ['mcp_list_tools.in_progress', 'mcp_list_tools.completed'],
  ],
  [
    'a failed call of an MCP tool',
    raw({ type: 'mcp_call', arguments: '{}', error: { type: 'http_error' } }),
    [
      'mcp_call.in_progress',
      'mcp_call_arguments.delta',
      'mcp_call_arguments.delta',
      'mcp_call_arguments.done',
      'mcp_call.failed',
    ],
  ],
  [
    'a patch',
    raw({ type: 'apply_patch_call', operation: { type: 'update_file', path: 'a', diff: 'd' } }),
    ['apply_patch_call_operation_diff.delta', 'apply_patch_call_operation_diff.done'],
  ],
  [
    'a deletion',
    raw({ type: 'apply_patch_call', operation: { type: 'delete_file', path: 'a' } }),
    [],
  ],
  [
    'two shell commands',
    raw({ type: 'shell_call', action: { commands: ['a', 'b'] } }),
    [
      'shell_call_command.added',
      'shell_call_command.delta',
      'shell_call_command.done',
      'shell_call_command.added',
      'shell_call_command.delta',
      'shell_call_command.done',
    ],
  ],
  [
    'the output of a shell',
    raw({ type: 'shell_call_output', output: [{ stdout: 'a', stderr: '' }] }),
    ['shell_call_output_content.delta', 'shell_call_output_content.done'],
  ],
  ['a tool search', raw({ type: 'tool_search_call', arguments: {} }), []],
  ['a type that nobody knows', raw({ type: 'new_call' }), []],
]

describe('responsesStream', () => {
  it.each(orders)('sends the events of %s in their order', (_, item, order) => {
    const events = eventsOf(item)
    const document = responsesDocument({ items: [item] }, request) as { output: Json[] }

    expect(short(events)).toEqual(['output_item.added', ...order, 'output_item.done'])
    expect(events.every((event) => event['output_index'] === 0)).toBe(true)
    expect(events.at(-1)?.['item']).toEqual(document.output[0])
    expect(events[0]?.['item']).toMatchObject({ id: document.output[0]?.['id'] })
  })

  it('numbers events without a gap, and ends with what the whole answer is', () => {
    const answer = {
      items: orders.map(([, item]) => item),
      usage: { inputTokens: 3, outputTokens: 2, cachedTokens: 1, reasoningTokens: 1 },
    }

    const events = typed(responsesStream(answer, request).join(''))

    const numbers = events.map((event) => event['sequence_number'])
    expect(numbers).toEqual([...events.keys()])
    expect(short(events).slice(0, 2)).toEqual(['created', 'in_progress'])
    expect(events.at(-1)).toMatchObject({ type: 'response.completed' })
    expect(events.at(-1)?.['response']).toEqual(responsesDocument(answer, request))
    expect(events[0]?.['response']).toMatchObject({
      status: 'in_progress',
      output: [],
      usage: null,
    })
  })

  it.each([
    [
      { incompleteReason: 'max_output_tokens' },
      'incomplete',
      { incomplete_details: { reason: 'max_output_tokens' } },
    ],
    [
      { error: { code: 'server_error', message: 'Oops' } },
      'failed',
      { error: { code: 'server_error', message: 'Oops' } },
    ],
  ])('ends with what went wrong: %o', (rest, status, said) => {
    const items = [{ type: 'message' as const, text: 'a' }]
    const last = typed(responsesStream({ items, ...rest }, request).join('')).at(-1)

    expect(last).toMatchObject({ type: `response.${status}`, response: { status, ...said } })
  })

  it('says that the last item of an incomplete answer is incomplete', () => {
    const items = [{ type: 'message' as const }, { type: 'message' as const }]
    const document = responsesDocument({ items, incompleteReason: 'content_filter' }, request)

    expect(document['output']).toMatchObject([{ status: 'completed' }, { status: 'incomplete' }])
    expect(document['completed_at']).toBeNull()
  })

  it('queues what runs in the background first', () => {
    const body = { ...request, background: true }
    const events = typed(responsesStream({ items: [] }, body).join(''))

    expect(short(events)).toEqual(['created', 'queued', 'in_progress', 'completed'])
    expect(events[0]?.['response']).toMatchObject({ status: 'queued' })
  })

  it('gives begun items nothing that is only known at the end', () => {
    const whole = [
      { type: 'message' as const, text: 'a' },
      { type: 'function_call' as const, name: 'f', callId: 'c1', arguments: '{}' },
      raw({ type: 'web_search_call', status: 'completed', action: {} }),
      raw({ type: 'mcp_call', status: 'completed', arguments: '{}', output: 'x' }),
      raw({ type: 'tool_search_call', status: 'completed', arguments: { a: 1 } }),
    ]
    const begun = whole.map((item) => eventsOf(item)[0]?.['item'])

    expect(begun).toEqual([
      expect.objectContaining({ status: 'in_progress', content: [], role: 'assistant' }),
      expect.objectContaining({ status: 'in_progress', name: 'f', call_id: 'c1', arguments: '' }),
      { id: 'x_1', type: 'web_search_call', status: 'in_progress' },
      { id: 'x_1', type: 'mcp_call', status: 'in_progress', arguments: '', output: null },
      { id: 'x_1', type: 'tool_search_call', status: 'in_progress', arguments: { a: 1 } },
    ])
  })

  it('shows state early, but not the state that is of use', () => {
    const [added, done] = eventsOf({ type: 'reasoning' }, encrypting).map(
      ({ item }) => item as Json,
    )

    expect(added?.['encrypted_content']).toEqual(expect.any(String))
    expect(done?.['encrypted_content']).not.toBe(added?.['encrypted_content'])
    expect(eventsOf({ type: 'reasoning' })[1]?.['item']).not.toHaveProperty('encrypted_content')
  })

  it('hides the length of deltas unless told otherwise', () => {
    const answer = { items: [{ type: 'message' as const, text: 'Hello' }] }
    const quiet = { ...request, stream_options: { include_obfuscation: false } }
    const delta = (frames: readonly string[]): Json | undefined =>
      typed(frames.join('')).find(({ type }) => type === 'response.output_text.delta')

    const hidden = delta(responsesStream(answer, request))
    expect(`${hidden?.['delta']}${hidden?.['obfuscation']}`).toHaveLength(16)
    expect(delta(responsesStream(answer, quiet))).not.toHaveProperty('obfuscation')
    expect(
      delta(responsesStream(answer, request, { withoutObfuscation: true })),
    ).not.toHaveProperty('obfuscation')
  })

  it('spells frames as other servers do', () => {
    const style = {
      withoutEventNames: true,
      withoutSequenceNumbers: true,
      done: true,
      comment: 'PROCESSING',
      frame: { crlf: true, tight: true },
    }
    const frames = responsesStream({ items: [] }, request, style)

    expect(frames[0]).toMatch(/^: PROCESSING\r\n\r\ndata:\{"type":"response.created".*\}\r\n\r\n$/)
    expect(frames.join('')).not.toContain('sequence_number')
    expect(frames.at(-1)).toBe(': PROCESSING\r\n\r\ndata:[DONE]\r\n\r\n')
  })

  it('gives log probabilities when they are included, bytes only in the whole', () => {
    const body = { ...request, include: ['message.output_text.logprobs'] }
    const events = eventsOf({ type: 'message', text: ['é'] }, body)

    const probability = { token: 'é', logprob: -0.25, top_logprobs: [] }
    expect(events[2]).toMatchObject({ delta: 'é', logprobs: [probability] })
    expect(events[2]?.['logprobs']).toEqual([probability])
    expect(events.at(-1)).toMatchObject({
      item: { content: [{ logprobs: [{ ...probability, bytes: [195, 169] }] }] },
    })
  })
})

describe('responsesDocument', () => {
  it('repeats the parameters of the request, and says what others are', () => {
    const body = {
      ...request,
      temperature: 0.5,
      tools: [{ type: 'web_search' }],
      metadata: { a: 'b' },
      conversation: 'conv_1',
      reasoning: { effort: 'low' },
      text: { verbosity: 'high' },
      service_tier: 'flex',
      prompt: { id: 'pmpt_1' },
    }

    expect(responsesDocument({ items: [] }, body)).toMatchObject({
      object: 'response',
      model: 'm',
      temperature: 0.5,
      top_p: 1,
      tools: [{ type: 'web_search' }],
      tool_choice: 'auto',
      metadata: { a: 'b' },
      conversation: { id: 'conv_1' },
      reasoning: { effort: 'low', summary: null },
      text: { format: { type: 'text' }, verbosity: 'high' },
      service_tier: 'flex',
      prompt: { id: 'pmpt_1' },
      store: true,
      previous_response_id: null,
    })
  })

  it('writes usage with its details, and none when there is none', () => {
    const usage = { inputTokens: 3, outputTokens: 2, cachedTokens: 1, cacheWriteTokens: 2 }

    expect(responsesDocument({ items: [], usage }, request)['usage']).toEqual({
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 5,
    })
    expect(responsesDocument({ items: [], usage: null }, request)['usage']).toBeNull()
  })

  it('has the members that recorded answers of OpenAI have', () => {
    const folder = new URL('../../fixtures/openai-responses/', import.meta.url)
    const read = (file: string): Json => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    const recorded = readdirSync(folder)
      .filter((file) => /^openai-json/.test(file))
      .map(read)
    const extra = new Set(['billing', 'tool_usage', 'prompt_cache_options'])

    expect(recorded.length).toBeGreaterThan(2)
    for (const { request: body, responseBody } of recorded) {
      const theirs = Object.keys(JSON.parse(String(responseBody)) as Json)
      const ours = Object.keys(responsesDocument({ items: [] }, body as Json))
      expect(ours).toEqual(expect.arrayContaining(theirs.filter((name) => !extra.has(name))))
    }
  })
})
