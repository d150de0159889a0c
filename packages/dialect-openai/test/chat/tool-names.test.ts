import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>) =>
  openaiChat.chat.encodeRequest({ ...request, ...changes })

const tools = [
  { type: 'function', name: 'files/read' },
  { type: 'custom', name: 'run it' },
  { type: 'function', name: 'plain' },
] as const

const call = (name: string) =>
  ({ type: 'tool-call', callId: 'c', name, kind: 'function', arguments: '{}' }) as const

describe('names of tools', () => {
  it('that OpenAI refuses are changed everywhere, and the change is told', () => {
    const { body, changes } = encode({
      tools,
      toolChoice: { type: 'tool', name: 'files/read', kind: 'function' },
      messages: [...request.messages, { role: 'assistant', content: [call('files/read')] }],
    })
    const [read = '', run = ''] = [...(changes?.toolNames?.keys() ?? [])]

    expect(read).toMatch(/^files_read_[0-9a-f]+$/)
    expect(changes).toEqual({
      toolNames: new Map([
        [read, 'files/read'],
        [run, 'run it'],
      ]),
    })
    expect(body).toMatchObject({
      tools: [
        { function: { name: read } },
        { custom: { name: run } },
        { function: { name: 'plain' } },
      ],
      tool_choice: { function: { name: read } },
      messages: [{}, { tool_calls: [{ function: { name: read } }] }, {}],
    })
  })

  it('are changed in lists of allowed tools', () => {
    const { body, changes } = encode({
      tools,
      toolChoice: { type: 'allowed', mode: 'auto', names: ['plain', 'run it'] },
    })
    const [, run] = [...(changes?.toolNames?.keys() ?? [])]

    expect(body['tool_choice']).toMatchObject({
      allowed_tools: { tools: [{ function: { name: 'plain' } }, { custom: { name: run } }] },
    })
  })

  it('of tools that are gone are changed in the history', () => {
    const { body, changes } = encode({
      messages: [...request.messages, { role: 'assistant', content: [call('old tool')] }],
    })
    const [old] = [...(changes?.toolNames?.keys() ?? [])]

    expect(body['messages']).toMatchObject([{}, { tool_calls: [{ function: { name: old } }] }, {}])
    expect(changes?.toolNames?.get(old ?? '')).toBe('old tool')
  })

  it('that are legal leave nothing to change back', () => {
    expect(encode({ tools: [{ type: 'function', name: 'plain' }] })).not.toHaveProperty('changes')
  })
})
