import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>) =>
  openaiChat.chat.encodeRequest({ ...request, ...changes })

describe('tools', () => {
  it('are written with what belongs to them', () => {
    const { body } = encode({
      tools: [
        {
          type: 'function',
          name: 'f',
          description: 'd',
          parameters: { type: 'object', additionalProperties: false },
          strict: true,
        },
        { type: 'custom', name: 'c', format: { syntax: 'regex', definition: 'a+' } },
      ],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['f', 'c'] },
      parallelToolCalls: false,
    })

    expect(body).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'd',
            parameters: { type: 'object', additionalProperties: false },
            strict: true,
          },
        },
        {
          type: 'custom',
          custom: {
            name: 'c',
            format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a+' } },
          },
        },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'auto',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'c' } },
          ],
        },
      },
      parallel_tool_calls: false,
    })
  })

  it('take what is said about them along', () => {
    expect(encode({ toolChoice: { type: 'none' }, parallelToolCalls: true }).body).toEqual(
      encode({}).body,
    )
  })
})

describe('tools of free text, for providers that know only functions', () => {
  const functions = createOpenAIChat({ customTools: 'functions' })
  const tools = [
    {
      type: 'custom',
      name: 'patch',
      description: 'Edits.',
      format: { syntax: 'lark', definition: 'start: "x"' },
    },
    { type: 'function', name: 'f' },
  ] as const

  it('are functions of one text, which is told of the grammar', () => {
    const { body, changes } = functions.chat.encodeRequest({
      ...request,
      tools,
      toolChoice: { type: 'tool', name: 'patch', kind: 'custom' },
    })

    expect(body['tools']).toEqual([
      {
        type: 'function',
        function: {
          name: 'patch',
          description: 'Edits.',
          parameters: {
            type: 'object',
            properties: {
              input: { type: 'string', description: 'Must match this lark grammar:\nstart: "x"' },
            },
            required: ['input'],
            additionalProperties: false,
          },
        },
      },
      { type: 'function', function: { name: 'f' } },
    ])
    expect(body['tool_choice']).toEqual({ type: 'function', function: { name: 'patch' } })
    expect(changes).toEqual({ customTools: new Set(['patch']) })
  })

  it('are called so in what was said before, too', () => {
    const { body } = functions.chat.encodeRequest({
      ...request,
      tools,
      messages: [
        {
          role: 'assistant',
          content: [
            {
              type: 'tool-call',
              callId: 'c1',
              name: 'patch',
              kind: 'custom',
              arguments: 'say "x"',
            },
          ],
        },
      ],
    })

    expect(body['messages']).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'c1',
            type: 'function',
            function: { name: 'patch', arguments: '{"input":"say \\"x\\""}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'No result was given.' },
    ])
  })

  it('need no change of answers where there are none', () => {
    const { changes } = functions.chat.encodeRequest({
      ...request,
      tools: [{ type: 'function', name: 'f' }],
    })

    expect(changes).toBeUndefined()
  })
})
