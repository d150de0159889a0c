import type { CacheMark, ChatRequest, UserPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'

const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const

const request: ChatRequest = {
  model: 'claude-sonnet-4-5',
  messages: [{ role: 'user', content: [image] }],
  stream: false,
  includeUsage: false,
}

const droppedOf = (changes: Partial<ChatRequest>) =>
  anthropicMessages.chat.encodeRequest({ ...request, ...changes }).dropped

describe('what has no place in the protocol is named', () => {
  it('names the detail of an image, unless it is left to the provider', () => {
    const withDetail = (detail: 'low' | 'auto') =>
      droppedOf({ messages: [{ role: 'user', content: [{ ...image, detail }] }] })

    expect(withDetail('low')).toEqual(['detail'])
    expect(withDetail('auto')).toEqual([])
  })

  it('names the name of an image, since only documents have one', () => {
    const file = { ...image, type: 'file' } as const
    const named = (part: UserPart) => droppedOf({ messages: [{ role: 'user', content: [part] }] })

    expect(named({ ...image, name: 'a.png' })).toEqual(['filename'])
    expect(named({ ...file, name: 'a.pdf' })).toEqual([])
  })

  it('names marks that last an hour where they must become shorter', () => {
    const marked = (...marks: readonly CacheMark[]) =>
      droppedOf({
        messages: [
          { role: 'user', content: marks.map((cache) => ({ type: 'text', text: 'a', cache })) },
        ],
      })

    expect(marked({ ttl: '1h' }, { ttl: '5m' })).toEqual([])
    expect(marked({ ttl: '5m' }, { ttl: '1h' })).toEqual(['cache'])
  })

  it('makes marks inside a result no longer than the one on it', () => {
    const call = {
      type: 'tool-call',
      callId: 'c',
      name: 'f',
      kind: 'function',
      arguments: '{}',
    } as const
    const inner = { type: 'text', text: 'a', cache: { ttl: '1h' } } as const
    const result = { type: 'tool-result', callId: 'c', kind: 'function', cache: {} } as const
    const { body, dropped } = anthropicMessages.chat.encodeRequest({
      ...request,
      messages: [
        { role: 'user', content: [image] },
        { role: 'assistant', content: [call] },
        { role: 'tool', content: [{ ...result, content: [inner] }] },
      ],
    })

    expect(JSON.stringify(body['messages'])).not.toContain('1h')
    expect(dropped).toEqual(['cache'])
  })
})
