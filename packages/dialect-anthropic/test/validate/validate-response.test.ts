import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { bytes, json, message } from '../support/bytes.ts'

const whole = {
  ...message,
  content: [{ type: 'text', text: 'a' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: null },
}
const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }

const problemsOf = (value: unknown) => anthropicMessages.validateResponse(json(value))

describe('legal answers', () => {
  it.each([
    [whole],
    [{ ...whole, content: [call], stop_reason: 'tool_use' }],
    [{ ...whole, content: [{ type: 'thinking', thinking: '', signature: 's' }] }],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'x' }, request_id: null }],
    [{ input_tokens: 3 }],
  ])('%j', (value) => {
    expect(problemsOf(value)).toEqual([])
  })
})

describe('illegal answers', () => {
  it.each<[unknown, string]>([
    [[], 'the body is not a JSON object'],
    [{}, '`type` is not "message"'],
    [{ ...whole, id: null }, '`id` is no text'],
    [{ ...whole, content: 'a' }, '`content` is not a list'],
    [{ ...whole, content: [{ type: 'text', text: '' }] }, 'a text is empty'],
    [{ ...whole, content: [{ type: 'thinking', thinking: 'a' }] }, 'thinking has no `signature`'],
    [{ ...whole, content: [{ type: 'strange' }] }, 'no block has the type'],
    [{ ...whole, content: [call] }, 'yet it says `end_turn`'],
    [{ ...whole, stop_reason: null }, '`stop_reason` is no known word'],
    [{ ...whole, usage: {} }, '`usage.input_tokens` is no count'],
    [{ error: {} }, '`type` is not "error"'],
    [{ input_tokens: -1 }, '`input_tokens` is no count'],
  ])('%j: %s', (value, problem) => {
    expect(problemsOf(value).join('\n')).toContain(problem)
  })

  it('is what is no JSON', () => {
    expect(anthropicMessages.validateResponse(bytes('{'))).toEqual([
      'the body is not a JSON object',
    ])
  })
})
