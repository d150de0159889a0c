import { describe, expect, it } from 'vitest'
import { decodeWire, user } from '../support/requests.ts'

const messages = (...list: unknown[]) => decodeWire({ model: 'm', messages: list }).messages

describe('messages', () => {
  it('keep the roles system and developer apart, wherever they stand', () => {
    const list = messages({ role: 'developer', content: 'a' }, user('b'), {
      role: 'system',
      content: [{ type: 'text', text: 'c' }],
      name: 'n',
    })

    expect(list.map(({ role }) => role)).toEqual(['developer', 'user', 'system'])
    expect(list[2]).toMatchObject({ name: 'n' })
  })

  it('keep unknown members as extensions', () => {
    expect(messages({ role: 'assistant', content: 'a', prefix: true })[0]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'a' }],
      extensions: { 'openai-chat': { prefix: true } },
    })
  })

  it('put reasoning first, then text, refusal and calls', () => {
    const [message] = messages({
      role: 'assistant',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
      refusal: 'no',
      content: [
        { type: 'refusal', refusal: 'never' },
        { type: 'text', text: 'a' },
      ],
      reasoning_content: 'hm',
    })

    expect(message?.content).toEqual([
      { type: 'reasoning', form: 'raw', text: 'hm' },
      { type: 'text', text: 'a' },
      { type: 'refusal', text: 'never' },
      { type: 'refusal', text: 'no' },
      { type: 'tool-call', callId: 'c', name: 'f', kind: 'function', arguments: '{}' },
    ])
  })

  it('keep reasoning_details as state, one part for each readable entry', () => {
    const details = [
      { type: 'reasoning.encrypted', data: 'X', index: 0 },
      { type: 'reasoning.summary', summary: 'one', index: 1 },
      { type: 'reasoning.text', text: 'two', signature: 'S', index: 2 },
      { type: 'reasoning.encrypted', data: 'Y', index: 3 },
    ]
    const [message] = messages({
      role: 'assistant',
      content: 'a',
      reasoning: 'all',
      reasoning_details: details,
    })

    expect(message?.content.slice(0, 2)).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        text: 'one',
        state: [
          {
            kind: 'reasoning-details',
            data: [
              { type: 'reasoning.encrypted', data: 'X', index: 0 },
              { type: 'reasoning.summary', index: 1 },
            ],
          },
        ],
      },
      {
        type: 'reasoning',
        form: 'raw',
        text: 'two',
        state: [
          {
            kind: 'reasoning-details',
            data: [
              { type: 'reasoning.text', signature: 'S', index: 2 },
              { type: 'reasoning.encrypted', data: 'Y', index: 3 },
            ],
          },
        ],
      },
    ])
  })

  it('take the text of unreadable details from the plain field', () => {
    const [message] = messages({
      role: 'assistant',
      content: 'a',
      reasoning_content: 'hm',
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'X' }],
    })

    expect(message?.content[0]).toMatchObject({ type: 'reasoning', text: 'hm', state: [{}] })
  })

  it('give tool results the name and kind of their call, and join neighbours', () => {
    const list = messages(
      user('x'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'custom', custom: { name: 'g', input: 'free' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'two' },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'one' }] },
    )

    expect(list).toHaveLength(3)
    expect(list[2]).toEqual({
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          callId: 'b',
          name: 'g',
          kind: 'custom',
          content: [{ type: 'text', text: 'two' }],
        },
        {
          type: 'tool-result',
          callId: 'a',
          name: 'f',
          kind: 'function',
          content: [{ type: 'text', text: 'one' }],
        },
      ],
    })
  })

  it('keep a result whose call is missing', () => {
    expect(messages({ role: 'tool', tool_call_id: 'gone', content: 'x' })[0]?.content).toEqual([
      {
        type: 'tool-result',
        callId: 'gone',
        kind: 'function',
        content: [{ type: 'text', text: 'x' }],
      },
    ])
  })

  it('link the deprecated function_call with its function message', () => {
    const list = messages(
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: 'done' },
    )

    expect(list[0]?.content).toEqual([
      {
        type: 'tool-call',
        callId: 'call_m0',
        name: 'f',
        kind: 'function',
        arguments: '{"a":1}',
      },
    ])
    expect(list[1]?.content).toMatchObject([{ callId: 'call_m0', name: 'f' }])
  })

  it('give calls without an id the same made-up id every time, and results without one the first open call', () => {
    const list = [
      user('x'),
      {
        role: 'assistant',
        tool_calls: [
          { function: { name: 'f', arguments: '{}' } },
          { function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', content: 'one' },
      { role: 'tool', content: 'two' },
    ]

    expect(messages(...list)).toEqual(messages(...list))
    expect(messages(...list)[2]?.content).toMatchObject([
      { callId: 'call_m1_0', name: 'f' },
      { callId: 'call_m1_1', name: 'g' },
    ])
  })

  it('write arguments that came as an object as JSON text', () => {
    const [message] = messages({
      role: 'assistant',
      tool_calls: [{ id: 'a', function: { name: 'f', arguments: { b: 1 } } }],
    })

    expect(message?.content).toMatchObject([{ arguments: '{"b":1}' }])
  })

  it('keep the extra_content of a call as state', () => {
    const extra = { google: { thought_signature: 'S' } }
    const [message] = messages({
      role: 'assistant',
      tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' }, extra_content: extra }],
    })

    expect(message?.content).toMatchObject([
      { state: [{ kind: 'thought-signature', data: extra }] },
    ])
  })
})
