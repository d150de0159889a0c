import type { ChatRequest, Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'

const request: ChatRequest = {
  model: 'gpt-5.4',
  messages: [],
  stream: false,
  includeUsage: false,
}

const call = {
  type: 'tool-call',
  callId: 'c',
  name: 'f',
  kind: 'function',
  arguments: '{}',
} as const
const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [] } as const
const text = { type: 'text', text: 'a' } as const
const url = { kind: 'url', url: 'https://x.test/a' } as const

function encode(...messages: readonly Message[]) {
  return openaiResponses.chat.encodeRequest({ ...request, messages })
}

describe('what has no place in the protocol is named', () => {
  it.each<readonly [string, Message]>([
    ['the only text of a message', { role: 'user', content: [{ ...text, cache: {} }] }],
    ['a whole message', { role: 'user', content: [text], cache: {} }],
    ['one of several texts', { role: 'user', content: [{ ...text, cache: {} }, text] }],
    [
      'a message that ends with what another provider made',
      {
        role: 'user',
        content: [text, { type: 'provider', dialect: 'gemini', value: { type: 'cache' } }],
        cache: {},
      },
    ],
    ['an answer', { role: 'assistant', content: [{ ...text, cache: {} }] }],
    ['a whole answer', { role: 'assistant', content: [text], cache: {} }],
    ['a call', { role: 'assistant', content: [{ ...call, cache: {} }] }],
  ])('names the cache mark on %s', (_, message) => {
    expect(encode(message).dropped).toEqual(['cache'])
  })

  it('names the cache mark on a result that says nothing', () => {
    const answered = { role: 'tool', content: [{ ...result, cache: {} }] } as const

    expect(encode({ role: 'assistant', content: [call] }, answered).dropped).toEqual(['cache'])
  })

  it('names the name of a message', () => {
    expect(encode({ role: 'user', content: [text], name: 'ada' }).dropped).toEqual(['name'])
  })

  it.each([
    ['an image', { type: 'image', source: url, name: 'a.png' }],
    ['a file behind a URL', { type: 'file', source: url, name: 'a.pdf' }],
    [
      'a file that is told as a text',
      {
        type: 'file',
        source: { kind: 'text', mediaType: 'text/plain', text: 'a' },
        name: 'a.txt',
      },
    ],
  ] as const)('names the name of %s', (_, part) => {
    expect(encode({ role: 'user', content: [part] }).dropped).toEqual(['filename'])
  })

  it('says of a structured result that it failed', () => {
    const failed = { ...result, structured: { why: 'no' }, failed: true }
    const { body } = encode(
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [failed] },
    )

    expect(body['input']).toMatchObject([{}, { output: 'Error: {"why":"no"}' }])
  })
})
