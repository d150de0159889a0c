import type { ChatRequest, Message } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { anyRequest } from '../support/arbitrary-requests.ts'
import { problemsOfRequest } from '../support/legal-request.ts'
import { plain, signature, thought, user } from '../support/messages.ts'
import { encoded, member } from '../support/requests.ts'

const messages = (list: readonly Message[], more: Partial<ChatRequest> = {}) =>
  plain(member({ messages: list, ...more }, 'messages'))

describe('any request', () => {
  it('is legal for a strict provider', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(
          problemsOfRequest(plain(anthropicMessages.chat.encodeRequest(request).body)),
        ).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('is written the same way every time and is not changed', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const before = JSON.stringify(request)
        const once = JSON.stringify(anthropicMessages.chat.encodeRequest(request).body)

        expect(JSON.stringify(anthropicMessages.chat.encodeRequest(request).body)).toBe(once)
        expect(JSON.stringify(request)).toBe(before)
      }),
      { numRuns: 100 },
    )
  })

  it('keeps every word of a user and of the system', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { body } = anthropicMessages.chat.encodeRequest(request)
        const wire = JSON.stringify([body['system'], body['messages']])

        for (const text of request.messages.flatMap(wordsOf)) {
          expect(wire).toContain(JSON.stringify(text).slice(1, -1))
        }
      }),
      { numRuns: 200 },
    )
  })
})

function wordsOf({ role, content }: Message): string[] {
  if (role !== 'user' && role !== 'system') return []
  return content
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter((text) => text.trim() !== '')
}

describe('sampling', () => {
  it('is kept within what the protocol takes', () => {
    expect(encoded({ temperature: 1.7, topK: 5 }).body).toMatchObject({ temperature: 1, top_k: 5 })
  })

  it('is dropped beside thinking and for models that take none', () => {
    const sampling = { temperature: 0.5, topK: 5, topP: 0.5 }
    const names = ['temperature', 'top_p', 'top_k']

    expect(encoded({ ...sampling, reasoning: { effort: 'low' } }).dropped).toEqual(names)
    expect(encoded({ ...sampling, model: 'claude-opus-4-8' }).dropped).toEqual(names)
  })

  it('loses one of two samplers that exclude each other', () => {
    const { body, dropped } = encoded({ temperature: 0.5, topP: 0.5 })

    expect(body['top_p']).toBeUndefined()
    expect(dropped).toEqual(['top_p'])
  })
})

describe('what cannot be said', () => {
  it('is named as clients name it', () => {
    const { dropped } = encoded({
      ...{ seed: 1, presencePenalty: 1, frequencyPenalty: 1, logprobs: 2, verbosity: 'low' },
      ...{ cacheKey: 'k', metadata: { a: 'b' }, store: true, modalities: ['audio'] },
      ...{ serviceTier: 'flex', stop: [' ', 'END'] },
    } as Partial<ChatRequest>)

    expect(dropped.toSorted()).toEqual([
      ...['frequency_penalty', 'logprobs', 'metadata', 'modalities', 'presence_penalty'],
      ...['prompt_cache_key', 'seed', 'service_tier', 'stop', 'store', 'verbosity'],
    ])
  })

  it.each<[Partial<ChatRequest>, string]>([
    [{ candidates: 2 }, 'n'],
    [{ continues: 'resp_1' }, 'previous_response_id'],
    [{ continues: 'conv_1', continuesIn: 'conversation' }, 'conversation'],
  ])('is refused where it changes what is asked: %j', (members, param) => {
    expect(() => encoded(members)).toThrow(
      expect.objectContaining({ code: 'unsupported_capability', param }),
    )
  })

  it('is not what the protocol says by itself', () => {
    expect(
      encoded({ store: false, modalities: ['text'], temperature: 1, topP: 1 }).dropped,
    ).toEqual([])
  })
})

describe('prompt-cache marks', () => {
  it('are at most four, the last ones', () => {
    const marked = ['a', 'b', 'c', 'd', 'e'].map(
      (text) => ({ type: 'text', text, cache: {} }) as const,
    )
    const { body, dropped } = encoded({ messages: [{ role: 'user', content: marked }] })
    const [message] = plain(body['messages'])

    expect(message.content.map((block: object) => 'cache_control' in block)).toEqual([
      ...[false, true, true, true, true],
    ])
    expect(dropped).toEqual(['cache'])
  })

  it('of an hour come before those of five minutes', () => {
    const content = [
      { type: 'text', text: 'a', cache: { ttl: '5m' } },
      { type: 'text', text: 'b', cache: { ttl: '12h' } },
    ] as const

    expect(messages([{ role: 'user', content }])[0].content[1].cache_control).toEqual({
      type: 'ephemeral',
      ttl: '5m',
    })
  })

  it('of a whole message stand on its last block that can hold one', () => {
    const content = [{ type: 'text', text: 'a' }, thought('b', signature('s'))] as const
    const turn: Message = { role: 'assistant', content, cache: { ttl: '1h' } }

    expect(messages([user('x'), turn, user('y')])[1].content[1]).toEqual({
      type: 'text',
      text: 'a',
      cache_control: { type: 'ephemeral', ttl: '1h' },
    })
  })
})
