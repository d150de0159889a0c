import type { ChatRequest, FunctionTool } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat, openaiResponses } from '../src/index.ts'
import { request } from './support/requests.ts'

const closed = {
  type: 'object',
  properties: { a: {} },
  required: ['a'],
  additionalProperties: false,
}
const open = { type: 'object', properties: { a: {} } }

const encode = (changes: Partial<ChatRequest>) => {
  const asked = { ...request, ...changes }
  return {
    chat: openaiChat.chat.encodeRequest(asked),
    responses: openaiResponses.chat.encodeRequest(asked),
  }
}

const tool = (parameters: FunctionTool['parameters']): FunctionTool => ({
  type: 'function',
  name: 'f',
  strict: true,
  ...(parameters === undefined ? {} : { parameters }),
})

describe('a strict schema', () => {
  it('stays strict where every object is closed and requires all it has', () => {
    const { chat, responses } = encode({ tools: [tool(closed)] })

    expect(chat.body['tools']).toMatchObject([{ function: { strict: true } }])
    expect(responses.body['tools']).toMatchObject([{ strict: true }])
    expect([...chat.dropped, ...responses.dropped]).toEqual([])
  })

  it.each([
    ['at its top', open],
    ['that requires too little', { ...closed, required: [] }],
    ['in a property', { ...closed, properties: { a: open } }],
    ['in the elements of a list', { ...closed, properties: { a: { type: 'array', items: open } } }],
    ['in one of several', { ...closed, properties: { a: { anyOf: [{ type: 'null' }, open] } } }],
    ['among its definitions', { ...closed, $defs: { b: open } }],
  ])('is not said to be strict with an open object %s, which OpenAI refuses', (_, schema) => {
    const { chat, responses } = encode({ tools: [tool(schema)] })

    expect(chat.body['tools']).toMatchObject([{ function: { strict: false } }])
    expect(responses.body['tools']).toMatchObject([{ strict: false }])
    expect([chat.dropped, responses.dropped]).toEqual([['strict'], ['strict']])
  })

  it('is the same for the form of the answer', () => {
    const { chat, responses } = encode({
      output: { type: 'json-schema', name: 'n', schema: open, strict: true },
    })

    expect(chat.body['response_format']).toMatchObject({ json_schema: { strict: false } })
    expect(responses.body['text']).toMatchObject({ format: { strict: false } })
    expect([chat.dropped, responses.dropped]).toEqual([['strict'], ['strict']])
  })

  it('of a tool without parameters is closed', () => {
    const { responses } = encode({ tools: [tool(undefined)] })

    expect(responses.body['tools']).toMatchObject([
      { strict: true, parameters: { type: 'object', properties: {}, additionalProperties: false } },
    ])
    expect(responses.dropped).toEqual([])
  })
})
