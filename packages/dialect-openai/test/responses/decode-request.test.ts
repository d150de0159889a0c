import type { JsonObject, JsonValue } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import { describe, expect, it } from 'vitest'
import { decodeWire } from './support/responses.ts'

const messagesOf = (input: JsonValue, rest: JsonObject = {}) =>
  decodeWire({ model: 'm', input, ...rest }).messages
const user = { role: 'user', content: 'hi' }
const call = {
  type: 'function_call',
  call_id: 'c1',
  name: 'f',
  arguments: '{}',
  id: 'fc_1',
  status: 'completed',
}
const own = (value: JsonObject) => ({ 'openai-responses': value })

describe('input', () => {
  it('may be a text', () => {
    expect(messagesOf('hi')).toEqual([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
  })

  it('follows the instructions, which remember what they are', () => {
    expect(messagesOf('hi', { instructions: 'Be brief.' })[0]).toEqual({
      role: 'system',
      content: [{ type: 'text', text: 'Be brief.' }],
      extensions: own({ place: 'instructions' }),
    })
  })

  it('holds messages of every role, with and without a type', () => {
    const messages = messagesOf([
      { role: 'developer', content: [{ type: 'input_text', text: 'a' }] },
      { type: 'message', role: 'system', content: 'b' },
      user,
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        status: 'completed',
        content: [{ type: 'output_text', text: 'c', annotations: [] }],
      },
    ])

    expect(messages).toEqual([
      { role: 'developer', content: [{ type: 'text', text: 'a' }] },
      { role: 'system', content: [{ type: 'text', text: 'b' }] },
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'c' }] },
    ])
  })

  it('groups neighbouring items of the model into one turn', () => {
    const messages = messagesOf([
      user,
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' },
      { role: 'assistant', content: 'Let me look.', phase: 'commentary' },
      call,
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'x' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c2',
        output: [{ type: 'input_text', text: 'two' }],
      },
    ])

    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            form: 'summary',
            text: '',
            state: [{ kind: 'encrypted-content', data: 'E', id: 'rs_1' }],
          },
          { type: 'text', text: 'Let me look.', extensions: own({ phase: 'commentary' }) },
          { type: 'tool-call', callId: 'c1', name: 'f', kind: 'function', arguments: '{}' },
          { type: 'tool-call', callId: 'c2', name: 'patch', kind: 'custom', arguments: 'x' },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c1',
            name: 'f',
            kind: 'function',
            content: [{ type: 'text', text: 'one' }],
          },
          {
            type: 'tool-result',
            callId: 'c2',
            name: 'patch',
            kind: 'custom',
            content: [{ type: 'text', text: 'two' }],
          },
        ],
      },
    ])
  })

  it('holds summaries and the model’s own words', () => {
    const [turn] = messagesOf([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [
          { type: 'summary_text', text: 'One' },
          { type: 'summary_text', text: 'Two' },
        ],
        content: [{ type: 'reasoning_text', text: 'Hm.' }],
        encrypted_content: null,
      },
    ])

    expect(turn?.content).toEqual([
      { type: 'reasoning', form: 'summary', text: 'One\n\nTwo' },
      { type: 'reasoning', form: 'raw', text: 'Hm.' },
    ])
  })

  it('gives packed state of other protocols back to what it belongs to', () => {
    const signature = {
      kind: 'signature',
      data: 's',
      origin: { dialect: 'anthropic-messages', scope: 'x' },
    } as const
    const [turn] = messagesOf([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: packStates([signature]),
      },
      call,
      {
        type: 'reasoning',
        summary: [],
        encrypted_content: `behind.${packStates([{ ...signature, kind: 'thought-signature' }])}`,
      },
    ])

    expect(turn?.content).toMatchObject([
      { type: 'reasoning', text: 'Hm.', state: [signature] },
      { type: 'tool-call', state: [{ kind: 'thought-signature' }] },
    ])
  })

  it('holds images, files and what only this protocol has', () => {
    const [message] = messagesOf([
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
          { type: 'input_image', file_id: 'file-1' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          { type: 'input_file', file_url: 'https://x.test/a.pdf' },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } },
          {
            type: 'input_text',
            text: 'a',
            prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' },
          },
          { type: 'hologram', depth: 3 },
        ],
      },
    ])

    expect(message?.content).toEqual([
      {
        type: 'image',
        source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
        detail: 'high',
      },
      { type: 'image', source: { kind: 'file-id', dialect: 'openai-responses', id: 'file-1' } },
      {
        type: 'file',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
        name: 'a.pdf',
      },
      { type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA' } },
      {
        type: 'text',
        text: 'a',
        cache: { ttl: '30m' },
        extensions: own({ prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }),
      },
      {
        type: 'provider',
        dialect: 'openai-responses',
        value: { type: 'hologram', depth: 3 },
        extensions: own({ place: 'content' }),
      },
    ])
  })

  it('keeps what a provider’s tools did whole, known to it by its id', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const [turn] = messagesOf([search, { role: 'assistant', content: 'Found.' }])

    expect(turn?.content[0]).toEqual({
      type: 'provider',
      dialect: 'openai-responses',
      value: search,
      state: [{ kind: 'encrypted-content', data: 'ws_1', id: 'ws_1' }],
    })
  })

  it.each([
    { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot' } },
    { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
    { type: 'item_reference', id: 'msg_1' },
    { id: 'msg_1' },
    { type: 'compaction_trigger' },
    { type: 'function_call_output', async: true, output: 'late' },
  ])('makes no turn of its own of $type', (item) => {
    const messages = messagesOf([user, item])

    expect(messages).toHaveLength(1)
    expect(messages[0]?.content[1]).toMatchObject({ type: 'provider', value: item })
  })

  it('takes time in proportion to its length, also in one turn', () => {
    const many = Array.from({ length: 40_000 }, () => ({ role: 'assistant', content: 'a' }))

    expect(messagesOf(many)[0]?.content).toHaveLength(40_000)
  })

  it('keeps a compaction with its state', () => {
    const [turn] = messagesOf([{ type: 'compaction', id: 'cmp_1', encrypted_content: 'E' }, user])

    expect(turn?.content[0]).toMatchObject({
      type: 'provider',
      state: [{ kind: 'encrypted-content', data: 'E', id: 'cmp_1' }],
    })
  })

  it('shows what a system message holds besides texts as the user’s', () => {
    const messages = messagesOf([
      {
        role: 'developer',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'https://x.test/a.png' },
        ],
      },
    ])

    expect(messages.map(({ role }) => role)).toEqual(['developer', 'user'])
  })

  const wrong: readonly (readonly [JsonValue, string])[] = [
    [[3], 'input[0]'],
    [[{ role: 'robot', content: 'a' }], 'input[0].role'],
    [[{ role: 'user', content: 3 }], 'input[0].content'],
    [[{ role: 'user', content: [{ text: 'a' }] }], 'input[0].content[0].type'],
    [[{ role: 'user', content: [{ type: 'input_text' }] }], 'input[0].content[0].text'],
    [[{ role: 'user', content: [{ type: 'input_image' }] }], 'input[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'input_file', filename: 'a' }] }], 'input[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'refusal', refusal: 'no' }] }], 'input[0].content[0]'],
    [[{ type: 'function_call', call_id: 'c', arguments: '{}' }], 'input[0].name'],
    [[{ type: 'function_call_output', output: 'x' }], 'input[0].call_id'],
  ]
  it.each(wrong)('is refused by name: %j', (input, param) => {
    expect(() => messagesOf(input)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })
})
