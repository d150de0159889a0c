import { packStates } from '@jackfield/dialect-kit'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { assistant, decodeWire, minimal, user } from '../support/requests.ts'

const decodeMessages = (...messages: readonly unknown[]) =>
  decodeWire({ ...minimal, messages }).messages

const ours = (value: unknown) => ({ 'anthropic-messages': value })

describe('a request', () => {
  it('has its parameters read', () => {
    const request = decodeWire({
      ...minimal,
      ...{ temperature: 0.5, top_p: 0.9, top_k: 5, stop_sequences: ['a'], stream: true },
      ...{ service_tier: 'auto', metadata: { user_id: 'u', team: 't' }, container: 'c1' },
    })

    expect(request).toMatchObject({
      ...{ temperature: 0.5, topP: 0.9, topK: 5, stop: ['a'], stream: true, includeUsage: true },
      ...{ serviceTier: 'auto', endUser: 'u', maxOutputTokens: 100 },
      extensions: ours({ metadata: { team: 't' }, container: 'c1' }),
    })
  })

  it.each([
    [{ type: 'enabled', budget_tokens: 2000 }, undefined, { enabled: true, budget: 2000 }],
    [{ type: 'adaptive' }, undefined, { enabled: true, budget: 'dynamic' }],
    [
      { type: 'adaptive', display: 'omitted' },
      'max',
      { enabled: true, show: false, effort: 'max' },
    ],
    [
      { type: 'enabled', budget_tokens: 2000, display: 'summarized' },
      undefined,
      { enabled: true, budget: 2000, show: 'summary' },
    ],
    [{ type: 'disabled' }, 'low', { enabled: false, effort: 'low' }],
    [undefined, 'high', { effort: 'high' }],
    [undefined, undefined, undefined],
  ])('asks to think: %j with the effort %s', (thinking, effort, reasoning) => {
    const config = effort === undefined ? {} : { output_config: { effort } }

    expect(decodeWire({ ...minimal, thinking: thinking ?? null, ...config }).reasoning).toEqual(
      reasoning,
    )
  })

  it('keeps what it has no name for, in its place', () => {
    const own = {
      thinking: { type: 'between_tools' },
      output_config: { effort: 'extreme', task_budget: { type: 'tokens', total: 5 } },
      output_format: { type: 'grammar' },
    }
    const request = decodeWire({ ...minimal, ...own })

    expect(request.reasoning).toBeUndefined()
    expect(request.extensions).toEqual(ours(own))
    expect(anthropicMessages.chat.encodeRequest(request).body).toMatchObject(own)
  })

  it('keeps members of thinking that it does not know beside those that it does', () => {
    const thinking = { type: 'enabled', budget_tokens: 50, display: 'updates' }

    expect(
      anthropicMessages.chat.encodeRequest(decodeWire({ ...minimal, max_tokens: 5000, thinking }))
        .body,
    ).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 1024, display: 'updates' },
    })
  })

  it('has its output’s form read, in both spellings', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } }
    const output = { type: 'json-schema', schema: { type: 'object' } }

    expect(decodeWire({ ...minimal, output_config: { format } }).output).toEqual(output)
    expect(decodeWire({ ...minimal, output_format: format }).output).toEqual(output)
  })
})

describe('tools', () => {
  it('are functions of the client, or Anthropic’s own', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: null }
    const { tools } = decodeWire({
      ...minimal,
      tools: [
        {
          ...{ type: 'custom', name: 'f', description: 'd', input_schema: { type: 'object' } },
          ...{ strict: true, defer_loading: true, cache_control: { type: 'ephemeral', ttl: '1h' } },
        },
        search,
      ],
    })

    expect(tools).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object' },
        strict: true,
        cache: { ttl: '1h' },
        extensions: ours({ defer_loading: true }),
      },
      { type: 'provider', dialect: 'anthropic-messages', value: search },
    ])
  })

  it.each([
    [{ type: 'auto' }, { toolChoice: { type: 'auto' } }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { toolChoice: { type: 'required' }, parallelToolCalls: false },
    ],
    [{ type: 'none' }, { toolChoice: { type: 'none' } }],
    [
      { type: 'tool', name: 'f', disable_parallel_tool_use: false },
      { toolChoice: { type: 'tool', kind: 'function', name: 'f' }, parallelToolCalls: true },
    ],
    [
      { type: 'new', x: 1 },
      {
        toolChoice: {
          type: 'provider',
          dialect: 'anthropic-messages',
          value: { type: 'new', x: 1 },
        },
      },
    ],
  ])('are chosen by %j', (choice, expected) => {
    expect(decodeWire({ ...minimal, tool_choice: choice })).toMatchObject(expected)
  })
})

describe('a conversation', () => {
  it('begins with the system, as a string or as blocks', () => {
    const blocks = [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }]

    expect(decodeWire({ ...minimal, system: 's' }).messages[0]).toEqual({
      role: 'system',
      content: [{ type: 'text', text: 's' }],
    })
    expect(decodeWire({ ...minimal, system: blocks }).messages[0]).toEqual({
      role: 'system',
      content: [{ type: 'text', text: 's', cache: {} }],
    })
  })

  it('has the results of tools in messages of their own, with the names of their calls', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A' } }
    const [, , results, rest] = decodeMessages(
      user('a'),
      assistant({
        type: 'tool_use',
        id: 't1',
        name: 'f',
        input: { a: 1 },
        caller: { type: 'direct' },
      }),
      user([
        { type: 'tool_result', tool_use_id: 't1', content: 'ok', is_error: true },
        {
          type: 'tool_result',
          tool_use_id: 't2',
          content: [image, { type: 'tool_reference', tool_name: 'g' }],
        },
        { type: 'text', text: 'b' },
      ]),
    )

    expect(results).toEqual({
      role: 'tool',
      content: [
        {
          ...{ type: 'tool-result', callId: 't1', name: 'f', kind: 'function', failed: true },
          content: [{ type: 'text', text: 'ok' }],
        },
        {
          ...{ type: 'tool-result', callId: 't2', kind: 'function' },
          content: [
            { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'A' } },
            {
              type: 'provider',
              dialect: 'anthropic-messages',
              value: { type: 'tool_reference', tool_name: 'g' },
            },
          ],
        },
      ],
    })
    expect(rest).toEqual({ role: 'user', content: [{ type: 'text', text: 'b' }] })
  })

  it('keeps instructions in its middle, and changes of tools in them', () => {
    const change = { type: 'tool_addition', tool: { type: 'tool_reference', name: 'f' } }
    const wire = { role: 'system', content: [change], clear_at: 'never' }
    const messages = [user('a'), wire]
    const request = decodeWire({ ...minimal, model: 'claude-opus-4-8', messages })

    expect(request.messages[1]).toEqual({
      role: 'system',
      content: [],
      extensions: ours({ content: [change], clear_at: 'never' }),
    })
    expect(anthropicMessages.chat.encodeRequest(request).body['messages']).toEqual([
      user('a'),
      wire,
    ])
  })

  it('unpacks what another protocol’s state was carried in', () => {
    const state = {
      kind: 'thought-signature',
      data: 'x',
      origin: { dialect: 'gemini', scope: 's' },
    } as const
    const packed = packStates([state])
    const [, turn] = decodeMessages(
      user('a'),
      assistant(
        { type: 'thinking', thinking: 'hm', signature: packed },
        { type: 'redacted_thinking', data: packed },
        { type: 'thinking', thinking: 'own', signature: 'sig' },
        { type: 'thinking', thinking: 'cut', signature: packed.slice(0, 20) },
        { type: 'thinking', thinking: '', signature: '' },
      ),
    )

    expect(turn?.content).toEqual([
      { type: 'reasoning', form: 'summary', text: 'hm', state: [state] },
      { type: 'reasoning', form: 'summary', text: '', state: [state] },
      {
        type: 'reasoning',
        form: 'summary',
        text: 'own',
        state: [{ kind: 'signature', data: 'sig' }],
      },
      { type: 'reasoning', form: 'summary', text: 'cut' },
    ])
  })

  it('drops the index of citations that were made for a client', () => {
    const made = {
      ...{ type: 'web_search_result_location', url: 'https://x.test', title: 't' },
      ...{ encrypted_index: '', cited_text: 'q' },
    }
    const own = { ...made, encrypted_index: 'E' }
    const request = decodeWire({
      ...minimal,
      messages: [
        user('a'),
        assistant({ type: 'text', text: 'b', citations: [made, own] }),
        user('c'),
      ],
    })

    expect(request.messages[1]?.content).toMatchObject([
      { citations: [{ url: 'https://x.test', quote: 'q' }, { raw: { value: own } }] },
    ])
    expect(anthropicMessages.chat.encodeRequest(request).body['messages']).toMatchObject([
      {},
      { content: [{ citations: [own] }] },
      {},
    ])
  })

  it.each([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A' } },
    { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    {
      type: 'image',
      source: { type: 'file', file_id: 'f' },
      transformations: { oversized_image: 'error' },
    },
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'A' },
      title: 't',
    },
    {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'x' },
      context: 'c',
    },
    {
      type: 'document',
      source: { type: 'url', url: 'https://x.test/a.pdf' },
      citations: { enabled: true },
    },
    { type: 'document', source: { type: 'file', file_id: 'f' } },
    { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'x' }] } },
    { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }] },
    { type: 'container_upload', file_id: 'f' },
    { type: 'strange', x: [1] },
    { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '7m', scope: 'x' } },
  ])('takes a block of a user there and back: %j', (block) => {
    const messages = [user([block, { type: 'text', text: 'and' }])]
    const { body, dropped } = anthropicMessages.chat.encodeRequest(
      decodeWire({ ...minimal, messages }),
    )

    expect(body['messages']).toEqual(messages)
    expect(dropped).toEqual([])
  })

  it.each([
    {
      type: 'tool_use',
      id: 't',
      name: 'f',
      input: { a: [null] },
      caller: { type: 'code_execution_20250825', tool_id: 's' },
    },
    { type: 'thinking', thinking: '', signature: 'sig' },
    { type: 'redacted_thinking', data: 'red' },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
    { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'f', server_name: 's', input: {} },
    { type: 'compaction', content: null, encrypted_content: 'x' },
  ])('takes a block of an assistant there and back: %j', (block) => {
    const result = { type: 'tool_result', tool_use_id: 't', content: 'r' }
    const isCall = block.type === 'tool_use'
    const messages = [user('a'), assistant(block), isCall ? user([result]) : user('b')]
    const tools = [{ name: 'f', input_schema: { type: 'object' } }]
    const { body } = anthropicMessages.chat.encodeRequest(
      decodeWire({ ...minimal, messages, tools }),
    )

    expect(body['messages']).toEqual(messages)
  })
})

describe('a request that cannot be understood', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      'messages[0].content[0].source',
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] },
      'messages[0].content[0].tool_use_id',
    ],
    [{ messages: [assistant({ type: 'tool_use', id: 'a' })] }, 'messages[0].content[0].name'],
    ...(
      [
        ['image', {}, 'type'],
        ['image', { type: 'base64', media_type: 'image/png' }, 'data'],
        ['document', { type: 'text', data: 1 }, 'data'],
        ['document', { type: 'url' }, 'url'],
        ['document', { type: 'file', file_id: null }, 'file_id'],
      ] as const
    ).map(([type, source, member]): [Record<string, unknown>, string] => [
      { messages: [user([{ type, source }])] },
      `messages[0].content[0].source.${member}`,
    ]),
    [{ system: [{ type: 'image', source: { type: 'url', url: 'x' } }] }, 'system[0]'],
    [{ thinking: {} }, 'thinking.type'],
    [{ thinking: { type: 'enabled', budget_tokens: 'much' } }, 'thinking.budget_tokens'],
    [{ stop_sequences: [1] }, 'stop_sequences[0]'],
    [{ tools: [{ description: 'x' }] }, 'tools[0].name'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ tool_choice: {} }, 'tool_choice.type'],
  ])('is refused by the name of its field: %j', (members, param) => {
    expect(() => decodeWire({ ...minimal, ...members })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })
})
