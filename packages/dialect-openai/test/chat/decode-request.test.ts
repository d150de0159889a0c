import { isGatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { json } from '../support/bytes.ts'
import { headOf, minimal, user } from '../support/requests.ts'

/** Field and message with which a request is refused. */
function refusal(body: unknown): { readonly param?: string | undefined; readonly message: string } {
  try {
    openaiChat.chat.decodeRequest(json(body), headOf(minimal))
  } catch (error) {
    if (!isGatewayError(error)) throw error
    expect(error.code).toBe('invalid_request')
    return { param: error.param, message: error.message }
  }
  throw new Error('the request was accepted')
}

describe('what is wrong in a request', () => {
  const inMessage = (message: unknown) => ({ model: 'm', messages: [user('x'), message] })

  it.each([
    [inMessage(5), 'messages[1]', 'must be an object, not a number'],
    [inMessage({ role: 'robot', content: 'x' }), 'messages[1].role', '"system"'],
    [inMessage({ content: 'x' }), 'messages[1].role', 'must be a string, not missing'],
    [
      inMessage(user(5)),
      'messages[1].content',
      'must be a string or an array of parts, not a number',
    ],
    [inMessage(user([{ text: 'x' }])), 'messages[1].content[0].type', 'must be a string'],
    [inMessage(user([{ type: 'text' }])), 'messages[1].content[0].text', 'must be a string'],
    [
      inMessage(
        user([
          { type: 'text', text: 'x' },
          { type: 'image_url', image_url: { url: 5 } },
        ]),
      ),
      'messages[1].content[1].image_url.url',
      'must be a string, not a number',
    ],
    [
      inMessage(user([{ type: 'image_url' }])),
      'messages[1].content[0].image_url',
      'must be an object',
    ],
    [inMessage(user([{ type: 'file', file: {} }])), 'messages[1].content[0].file', '`file_id`'],
    [
      inMessage(user([{ type: 'input_audio', input_audio: { data: 'A' } }])),
      'messages[1].content[0].input_audio.format',
      'must be a string',
    ],
    [inMessage(user([{ type: 'refusal', refusal: 'x' }])), 'messages[1].content[0]', 'assistant'],
    [
      inMessage({ role: 'system', content: [{ type: 'image_url', image_url: 'x' }] }),
      'messages[1].content[0]',
      'must be a text part',
    ],
    [inMessage({ role: 'tool', content: 'x' }), 'messages[1].tool_call_id', 'not missing'],
    [
      inMessage({ role: 'assistant', tool_calls: [{}] }),
      'messages[1].tool_calls[0]',
      '`function.name`',
    ],
    [
      inMessage({ role: 'assistant', tool_calls: 'x' }),
      'messages[1].tool_calls',
      'must be an array',
    ],
    [
      { ...minimal, tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
      'must be a string',
    ],
    [{ ...minimal, tools: ['x'] }, 'tools[0]', 'must be an object'],
    [{ ...minimal, tools: [{}] }, 'tools[0].type', 'must be a string'],
    [{ ...minimal, tool_choice: 'sometimes' }, 'tool_choice', '"required"'],
    [
      { ...minimal, tool_choice: { type: 'function', function: {} } },
      'tool_choice.function.name',
      'string',
    ],
    [{ ...minimal, stop: [1] }, 'stop[0]', 'must be a string'],
    [
      { ...minimal, response_format: { type: 'json_schema' } },
      'response_format.json_schema',
      'object',
    ],
    [{ model: 'm', messages: [] }, 'messages', 'must not be empty'],
    [{ model: 'm' }, 'messages', 'must be an array, not missing'],
  ])('in %j is named', (body, param, words) => {
    const { message, ...rest } = refusal(body)

    expect(rest.param).toBe(param)
    expect(message).toContain(`\`${param}\``)
    expect(message).toContain(words)
  })

  it('is a number too large for JSON', () => {
    const body = Buffer.from('{"messages":[{"role":"user","content":"x"}],"temperature":1e999}')

    expect(() => openaiChat.chat.decodeRequest(body, headOf(minimal))).toThrow('too large a number')
  })

  it('is told without a word of the body', () => {
    const body = Buffer.from('{"messages": secret words')

    expect(() => openaiChat.chat.decodeRequest(body, headOf(minimal))).toThrow(
      'The request body is not valid JSON.',
    )
  })

  it('is not a byte order mark', () => {
    const body = Buffer.from(`\ufeff${JSON.stringify(minimal)}`)

    expect(openaiChat.chat.decodeRequest(body, headOf(minimal)).model).toBe('m')
  })
})
