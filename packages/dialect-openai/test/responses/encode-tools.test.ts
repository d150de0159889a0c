import type { ChatRequest, JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIResponses, openaiResponses } from '../../src/index.ts'
import { decodeWire, encodeWire, hello } from './support/responses.ts'

const _text = (said: string) => ({ type: 'text', text: said }) as const
const call = (callId: string, name = 'f') =>
  ({ type: 'tool-call', callId, name, kind: 'function', arguments: '{}' }) as const
const encode = (request: Partial<ChatRequest>) =>
  openaiResponses.chat.encodeRequest({ ...hello, ...request })

describe('tools', () => {
  const f = { type: 'function', name: 'f' } as const

  it('are flat, and strict only where it is said', () => {
    expect(
      encodeWire({
        tools: [
          { ...f, description: 'd' },
          { type: 'custom', name: 'p', format: { syntax: 'regex', definition: 'x' } },
        ],
      })['tools'],
    ).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object', properties: {} },
        strict: false,
      },
      { type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'regex', definition: 'x' } },
    ])
  })

  it('get names that OpenAI takes, in choices and calls too', () => {
    const { body, changes } = encode({
      tools: [{ ...f, name: 'a.b' }],
      toolChoice: { type: 'tool', kind: 'function', name: 'a.b' },
      messages: [{ role: 'assistant', content: [call('c1', 'a.b')] }],
    })
    const [sent] = [...(changes?.toolNames?.keys() ?? [])]

    expect(sent).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(changes?.toolNames?.get(String(sent))).toBe('a.b')
    expect(body['tools']).toMatchObject([{ name: sent }])
    expect(body['tool_choice']).toEqual({ type: 'function', name: sent })
    expect(body['input']).toMatchObject([{ name: sent }, { type: 'function_call_output' }])
  })

  const namespace = {
    type: 'namespace',
    name: 'crm',
    description: 'CRM',
    tools: [{ type: 'function', name: 'find', parameters: {}, strict: false }],
  }

  it('of a namespace stay in it', () => {
    const wire = {
      model: 'm',
      input: [
        { type: 'function_call', call_id: 'c', namespace: 'crm', name: 'find', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'x' },
      ],
      tools: [namespace],
    }

    const { body } = openaiResponses.chat.encodeRequest(decodeWire(wire))
    expect(body).toMatchObject(wire)
  })

  it('of a namespace are plain functions where the provider knows no namespaces', () => {
    const flat = createOpenAIResponses({ namespaces: false })
    const { body } = flat.chat.encodeRequest(
      decodeWire({ model: 'm', input: 'hi', tools: [namespace] }),
    )

    expect(body['tools']).toMatchObject([{ type: 'function', name: 'crm__find' }])
    expect((body['tools'] as JsonObject[])[0]).not.toHaveProperty('namespace')
  })

  it('that items bring along are not listed', () => {
    const wire = {
      model: 'm',
      input: [
        { role: 'user', content: 'a' },
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [{ type: 'function', name: 'late' }],
        },
      ],
      tool_choice: 'auto',
    }

    const { body } = openaiResponses.chat.encodeRequest(decodeWire(wire))
    expect(body).toMatchObject(wire)
    expect(body).not.toHaveProperty('tools')
  })

  it('are chosen', () => {
    const choices = (toolChoice: ChatRequest['toolChoice']) =>
      encodeWire({ tools: [f], ...(toolChoice === undefined ? {} : { toolChoice }) })['tool_choice']

    expect(choices({ type: 'required' })).toBe('required')
    expect(choices({ type: 'allowed', mode: 'auto', names: ['f'] })).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [{ type: 'function', name: 'f' }],
    })
    expect(
      choices({ type: 'provider', dialect: 'openai-responses', value: { type: 'mcp' } }),
    ).toEqual({ type: 'mcp' })
    expect(choices({ type: 'provider', dialect: 'gemini', value: {} })).toBeUndefined()
  })

  it('are told nothing about where there are none', () => {
    expect(
      encodeWire({ toolChoice: { type: 'auto' }, parallelToolCalls: false }),
    ).not.toHaveProperty('tool_choice')
  })
})

describe('a provider’s list of parameters', () => {
  it('decides what is sent, and what is left out is named', () => {
    const picky = createOpenAIResponses({ parameters: { drop: ['store', 'temperature'] } })
    const { body, dropped } = picky.chat.encodeRequest({ ...hello, temperature: 1 })

    expect(Object.keys(body)).toEqual(['model', 'input', 'stream'])
    expect(dropped).toEqual(['store', 'temperature'])
  })

  it('may name what is allowed', () => {
    const strict = createOpenAIResponses({ parameters: { allow: ['store'] } })

    expect(strict.chat.encodeRequest({ ...hello, topP: 1 }).dropped).toEqual(['top_p'])
  })
})
