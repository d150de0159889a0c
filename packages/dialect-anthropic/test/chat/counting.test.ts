import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { tools, user } from '../support/messages.ts'

describe('counting', () => {
  it('asks with nothing but what a count takes', () => {
    const request = { ...anthropicCountRequest, tools, temperature: 0.5, stop: ['x'] }

    expect(Object.keys(anthropicMessages.counting?.encodeRequest(request).body ?? {})).toEqual([
      ...['model', 'messages', 'tools'],
    ])
  })

  it('reads and writes a count', () => {
    const body = Buffer.from('{"input_tokens":7}')
    const context = {
      model: 'm',
      id: 'x',
      created: 1,
      framing: 'json',
      includeUsage: true,
    } as const

    expect(anthropicMessages.counting?.decodeResponse(body)).toEqual({ inputTokens: 7 })
    expect(
      Buffer.from(
        anthropicMessages.counting?.encodeResponse({ inputTokens: 7 }, context) ?? [],
      ).toString(),
    ).toBe('{"input_tokens":7}')
    expect(() => anthropicMessages.counting?.decodeResponse(Buffer.from('{}'))).toThrow(
      'input_tokens',
    )
    expect(() =>
      anthropicMessages.counting?.decodeResponse(
        Buffer.from('{"type":"error","error":{"type":"overloaded_error","message":"x"}}'),
      ),
    ).toThrow(expect.objectContaining({ code: 'upstream_overloaded' }))
  })
})

const anthropicCountRequest: ChatRequest = {
  model: 'claude-sonnet-4-5',
  messages: [user('hi')],
  stream: false,
  includeUsage: true,
}
