import type { Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const call = {
  type: 'tool-call',
  callId: 'c',
  name: 'f',
  kind: 'function',
  arguments: '{}',
} as const
const result = { type: 'tool-result', callId: 'c', kind: 'function', content: [] } as const
const text = { type: 'text', text: 'a' } as const
const image = {
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
} as const

const droppedOf = (...messages: readonly Message[]) =>
  gemini.chat.encodeRequest({ ...request, model: 'gemini-3-flash-preview', messages }).dropped

describe('what has no place in the protocol is named', () => {
  it.each<readonly [string, Message]>([
    ['a text', { role: 'user', content: [{ ...text, cache: {} }] }],
    ['a message', { role: 'user', content: [text], cache: {} }],
    ['a call', { role: 'assistant', content: [{ ...call, cache: {} }] }],
    ['a refusal', { role: 'assistant', content: [{ type: 'refusal', text: 'a', cache: {} }] }],
    ['a result', { role: 'tool', content: [{ ...result, cache: {} }] }],
    [
      'a text of a result',
      { role: 'tool', content: [{ ...result, content: [{ ...text, cache: {} }] }] },
    ],
  ])('names the cache mark on %s', (_, message) => {
    expect(droppedOf({ role: 'assistant', content: [call] }, message)).toEqual(['cache'])
  })

  it('names the detail of pictures, in results too', () => {
    const picture = { ...image, detail: 'low' } as const
    const shown = { ...result, content: [picture] }

    expect(droppedOf({ role: 'user', content: [picture] })).toEqual(['detail'])
    expect(
      droppedOf({ role: 'assistant', content: [call] }, { role: 'tool', content: [shown] }),
    ).toEqual(['detail'])
  })
})
