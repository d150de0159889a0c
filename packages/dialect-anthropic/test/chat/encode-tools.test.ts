import type { ChatRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { plain, tools } from '../support/messages.ts'
import { encoded, member } from '../support/requests.ts'

describe('tools', () => {
  it('get names that the protocol takes, and the way back', () => {
    const { body, changes } = encoded({ tools: [{ type: 'function', name: 'a.b' }] })
    const [tool] = plain(body['tools'])

    expect(tool.name).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(changes?.toolNames?.get(tool.name)).toBe('a.b')
  })

  it('of free text become functions of one text', () => {
    const format = { syntax: 'lark', definition: 'start: "x"' } as const
    const { body, changes } = encoded({ tools: [{ type: 'custom', name: 'patch', format }] })

    expect(plain(body['tools'])).toMatchObject([
      {
        name: 'patch',
        description: expect.stringContaining('start: "x"'),
        input_schema: { required: ['input'], properties: { input: { type: 'string' } } },
      },
    ])
    expect([...(changes?.customTools ?? [])]).toEqual(['patch'])
  })

  it('of other providers are dropped by their type', () => {
    const tool = {
      type: 'provider',
      dialect: 'openai-responses',
      value: { type: 'web_search' },
    } as const

    expect(encoded({ tools: [tool], toolChoice: { type: 'auto' } })).toMatchObject({
      body: expect.not.objectContaining({
        tools: expect.anything(),
        tool_choice: expect.anything(),
      }),
      dropped: ['web_search'],
    })
  })

  it.each<[Partial<ChatRequest>, unknown]>([
    [{ toolChoice: { type: 'auto' } }, { type: 'auto' }],
    [{ toolChoice: { type: 'required' } }, { type: 'any' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
    [{ toolChoice: { type: 'tool', name: 'f', kind: 'function' } }, { type: 'tool', name: 'f' }],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
  ])('are chosen: %j', (members, choice) => {
    expect(member({ tools, ...members }, 'tool_choice')).toEqual(choice)
  })

  it('that may not be called are not sent', () => {
    const two = [...tools, { type: 'function', name: 'g' }] as const
    const { body } = encoded({
      tools: two,
      toolChoice: { type: 'allowed', mode: 'required', names: ['g'] },
    })

    expect(plain(body)).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } })
  })
})

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 1, description: 'Count' } },
  }
  const output = { type: 'json-schema', schema } as const

  it('is asked for by its schema, closed and without limits of numbers', () => {
    expect(member({ output }, 'output_config')).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: 'Count (minimum: 1)' } },
          additionalProperties: false,
        },
      },
    })
  })

  it('is a tool that must be called where the model knows no such thing', () => {
    const { body, changes } = encoded({ model: 'claude-3-7-sonnet-latest', output })

    expect(plain(body)).toMatchObject({
      tools: [{ name: 'json', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'json' },
    })
    expect(changes).toEqual({ outputTool: 'json' })
  })

  it('leaves the client’s tools callable, and its names alone', () => {
    const own = [{ type: 'function', name: 'json' }] as const
    const { body, changes } = encoded({ model: 'glm-5', output, tools: own })

    expect(plain(body)).toMatchObject({
      tools: [{ name: 'json' }, { name: 'json_2' }],
      tool_choice: { type: 'any' },
    })
    expect(changes?.outputTool).toBe('json_2')
  })

  it('without a schema is asked for in words', () => {
    expect(member({ output: { type: 'json' } }, 'system')).toMatch(/JSON object/)
  })
})
