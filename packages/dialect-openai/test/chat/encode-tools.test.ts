import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
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
