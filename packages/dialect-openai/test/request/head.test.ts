import { isGatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes } from '../support/bytes.ts'
import { input, minimal } from '../support/requests.ts'

const head = (body: unknown) => openaiChat.head(input(body))

const completion = (body: unknown) =>
  openaiCompletions.head(input(body, { operation: 'completions', dialect: openaiCompletions }))

const embedding = (body: unknown) => openaiChat.head(input(body, { operation: 'embeddings' }))

function refusal(work: () => unknown): { readonly param?: string; readonly message: string } {
  try {
    work()
  } catch (error) {
    if (!isGatewayError(error)) throw error
    expect(error.code).toBe('invalid_request')
    return { message: error.message, ...(error.param === undefined ? {} : { param: error.param }) }
  }
  throw new Error('the request was accepted')
}

describe('the head of a chat', () => {
  it('says what routing needs', () => {
    expect(
      head({ ...minimal, stream: true, stream_options: { include_usage: true } }),
    ).toMatchObject({
      operation: 'chat',
      model: 'm',
      stream: true,
      framing: 'sse',
      includeUsage: true,
    })
    expect(head(minimal)).toMatchObject({ stream: false, framing: 'json', includeUsage: false })
  })

  it('may name no model: there may be a default', () => {
    const { model: _, ...rest } = minimal

    expect(head(rest)).not.toHaveProperty('model')
    expect(head({ ...rest, model: null })).not.toHaveProperty('model')
  })

  it('reads names that are written with escapes', () => {
    expect(head(bytes('{"mod\\u0065l":"\\u006d","messages":[{}]}')).model).toBe('m')
  })

  it('takes null for absent everywhere', () => {
    const nulls = { stream: null, tools: null, temperature: null, stop: null, stream_options: null }

    expect(head({ ...minimal, ...nulls })).toMatchObject({ stream: false, includeUsage: false })
  })

  it('asks for usage only in a stream', () => {
    expect(head({ ...minimal, stream_options: { include_usage: true } }).includeUsage).toBe(false)
  })

  it('lets members by that it does not know, whatever they are', () => {
    expect(head({ ...minimal, min_p: 'x', toString: 5, constructor: [] }).model).toBe('m')
  })

  it.each([
    [{ ...minimal, model: 5 }, 'model', 'must be a string, not a number'],
    [{ ...minimal, model: ' ' }, 'model', 'must not be empty'],
    [{ ...minimal, stream: 'yes' }, 'stream', 'must be a boolean, not a string'],
    [{ ...minimal, messages: {} }, 'messages', 'must be an array, not an object'],
    [{ ...minimal, messages: null }, 'messages', 'must be an array, not null'],
    [{ ...minimal, messages: [] }, 'messages', 'must not be empty'],
    [{ ...minimal, messages: ['hi'] }, 'messages[0]', 'must be an object'],
    [{ model: 'm' }, 'messages', 'is missing'],
    [{ ...minimal, tools: {} }, 'tools', 'must be an array'],
    [{ ...minimal, n: '2' }, 'n', 'must be a number, not a string'],
    [{ ...minimal, temperature: '1' }, 'temperature', 'must be a number'],
    [{ ...minimal, top_p: [] }, 'top_p', 'must be a number, not an array'],
    [{ ...minimal, max_tokens: true }, 'max_tokens', 'must be a number, not a boolean'],
    [{ ...minimal, max_completion_tokens: '9' }, 'max_completion_tokens', 'must be a number'],
    [{ ...minimal, stop: 5 }, 'stop', 'must be a string or an array, not a number'],
    [{ ...minimal, stream_options: true }, 'stream_options', 'must be an object'],
    [
      { ...minimal, stream: true, stream_options: { include_usage: 'yes' } },
      'stream_options.include_usage',
      'must be a boolean',
    ],
    [{ ...minimal, response_format: 'json' }, 'response_format', 'must be an object'],
  ])('refuses %j', (body, param, words) => {
    const refused = refusal(() => head(body))

    expect(refused.param).toBe(param)
    expect(refused.message).toContain(`\`${param}\``)
    expect(refused.message).toContain(words)
  })

  it.each([
    ['', 'has no body'],
    ['{', 'not a valid JSON object'],
    ['[]', 'expected a JSON object'],
    ['null', 'expected a JSON object'],
    ['{"model":"a","messages":[{}],"model":"b"}', 'duplicate key "model"'],
    [
      '{"messages":[{}],"stream_options":{"include_usage":true,"include_usage":false},"stream":true}',
      'duplicate key',
    ],
    [`{"messages":${'['.repeat(300)}`, 'nesting'],
    ['{"messages":[{}],}', 'key in double quotes'],
    ['{"messages":[{}]} x', 'nothing after'],
  ])('refuses the body %j', (body, words) => {
    expect(refusal(() => head(bytes(body))).message).toContain(words)
  })

  it('refuses bytes that are not UTF-8, and says where', () => {
    const body = Buffer.concat([
      bytes('{"model":"'),
      Buffer.from([0xff]),
      bytes('","messages":[{}]}'),
    ])

    expect(refusal(() => head(body)).message).toContain('invalid UTF-8 at byte 10')
  })

  it('refuses a call without a body', () => {
    expect(refusal(() => head(undefined)).message).toContain('`model` and `messages`')
  })

  it('accepts a byte order mark', () => {
    expect(head(bytes(`\ufeff${JSON.stringify(minimal)}`)).model).toBe('m')
  })
})

describe('the head of a completion', () => {
  it('says what routing needs', () => {
    expect(completion({ model: 'm', prompt: 'x', stream: true })).toMatchObject({
      operation: 'completions',
      model: 'm',
      framing: 'sse',
    })
    expect(completion({ prompt: ['x'], logprobs: 3 })).not.toHaveProperty('model')
  })

  it.each([
    [{ model: 'm' }, 'prompt'],
    [{ model: 'm', prompt: 5 }, 'prompt'],
    [{ model: 'm', prompt: 'x', echo: 1 }, 'echo'],
    [{ model: 'm', prompt: 'x', logprobs: true }, 'logprobs'],
  ])('refuses %j', (body, param) => {
    expect(refusal(() => completion(body)).param).toBe(param)
  })
})

describe('the head of an embedding', () => {
  it('says what routing needs', () => {
    expect(embedding({ model: 'm', input: 'x' })).toMatchObject({
      operation: 'embeddings',
      model: 'm',
      stream: false,
      framing: 'json',
    })
  })

  it.each([
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: {} }, 'input'],
    [{ model: 'm', input: 'x', dimensions: '5' }, 'dimensions'],
  ])('refuses %j', (body, param) => {
    expect(refusal(() => embedding(body)).param).toBe(param)
  })
})

describe('the head of an opaque call', () => {
  const opaque = (body: unknown, type?: string) =>
    openaiChat.head(
      input(body, {
        operation: 'opaque',
        headers: type === undefined ? {} : { 'content-type': type },
      }),
    )

  it('finds the model in a JSON body', () => {
    expect(opaque({ model: 'm', query: 'x' }, 'application/json; charset=utf-8')).toMatchObject({
      operation: 'opaque',
      framing: 'opaque',
      model: 'm',
    })
  })

  it('finds the model in a form', () => {
    expect(opaque(form(['file', 'model']), 'multipart/form-data; boundary=xyz').model).toBe(
      'whisper-1',
    )
    expect(opaque(form(['model', 'file']), 'multipart/form-data; boundary=xyz').model).toBe(
      'whisper-1',
    )
    expect(opaque(form(['file']), 'multipart/form-data; boundary=xyz')).not.toHaveProperty('model')
  })

  it.each([
    ['nothing', undefined, undefined],
    ['other bytes', bytes('RIFF'), 'audio/wav'],
    ['broken JSON', bytes('{"model":'), 'application/json'],
    ['a list', bytes('[1]'), 'application/json'],
    ['a model that is no text', bytes('{"model":5}'), 'application/json'],
    ['a broken form', bytes('--xyz\r\nmodel'), 'multipart/form-data; boundary=xyz'],
    ['an empty form', bytes(''), 'multipart/form-data; boundary=xyz'],
  ])('holds nothing against a body that is %s', (_, body, type) => {
    expect(opaque(body, type)).not.toHaveProperty('model')
  })
})

/** A form as clients send it, with these fields. */
function form(fields: readonly string[]): Uint8Array {
  const parts: Record<string, string> = {
    model: '--xyz\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
    file: '--xyz\r\nContent-Disposition: form-data; name="file"; filename="model"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n name="model"\r\n\r\nno\r\n',
  }
  return bytes(`${fields.map((field) => parts[field]).join('')}--xyz--\r\n`)
}
