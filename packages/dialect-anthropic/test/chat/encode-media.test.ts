import type { ChatRequest, Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { plain } from '../support/messages.ts'
import { member } from '../support/requests.ts'

const messages = (list: readonly Message[], more: Partial<ChatRequest> = {}) =>
  plain(member({ messages: list, ...more }, 'messages'))

describe('media', () => {
  const sent = (part: Extract<Message, { role: 'user' }>['content'][number]) =>
    messages([{ role: 'user', content: [part] }])[0].content[0]

  it.each<[Parameters<typeof sent>[0], unknown]>([
    [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'A' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'A' } },
    ],
    [
      {
        type: 'file',
        name: 'x',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'A' },
      },
      {
        type: 'document',
        title: 'x',
        source: { type: 'base64', media_type: 'application/pdf', data: 'A' },
      },
    ],
    [
      { type: 'file', source: { kind: 'base64', mediaType: 'text/csv', data: 'YSxi' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ],
    [
      { type: 'image', source: { kind: 'file-id', dialect: 'anthropic-messages', id: 'file_1' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ],
  ])('%j', (part, block) => {
    expect(sent(part)).toEqual(block)
  })

  it.each<Parameters<typeof sent>[0]>([
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'A' } },
    { type: 'video', source: { kind: 'url', url: 'https://x.test' } },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'A' } },
    { type: 'file', source: { kind: 'base64', mediaType: 'application/zip', data: 'A' } },
    { type: 'file', source: { kind: 'file-id', dialect: 'openai-chat', id: 'x' } },
  ])('is refused: %j', (part) => {
    expect(() => sent(part)).toThrow(expect.objectContaining({ code: 'unsupported_capability' }))
  })
})
