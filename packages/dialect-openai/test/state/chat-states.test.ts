import type { OpaqueState } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { bytes, json, pieces, textOf } from '../support/bytes.ts'
import { recording } from '../support/recordings.ts'
import { minimal } from '../support/requests.ts'

const { states } = openaiChat

const find = (body: unknown) => states?.find(json(body)) ?? []
const strings = (found: readonly OpaqueState[]) =>
  found.map(({ data }) => data).filter((data) => typeof data === 'string')
const without = (text: string, ...refused: string[]) =>
  textOf(
    states?.without(bytes(text), ({ data }) => !refused.some((item) => data === item)) ?? bytes(''),
  )

const signed = { type: 'reasoning.text', text: 'so', signature: 'SIG', index: 0 }
const sealed = { type: 'reasoning.encrypted', data: 'DATA', id: 'rs_1', index: 1 }
const extra = { google: { thought_signature: 'GOOG' } }
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }

const history = {
  ...minimal,
  messages: [
    { role: 'user', content: 'reasoning_details' },
    { role: 'assistant', content: 'x', reasoning_details: [signed, sealed] },
    {
      role: 'assistant',
      content: null,
      extra_content: { google: { thought: true, thought_signature: 'MSG' } },
      tool_calls: [call, { ...call, id: 'b', extra_content: extra }],
    },
    { role: 'assistant', content: 'y', thought_signature: 'OWN' },
  ],
}

describe('state in a chat', () => {
  it('is found in details, in extra content and in signatures of messages', () => {
    expect(strings(find(history))).toEqual(['SIG', 'DATA', 'MSG', 'GOOG', 'OWN'])
  })

  it('is found as translated answers are remembered, too', () => {
    const decoded = openaiChat.chat.decodeRequest(
      json(history),
      openaiChat.head({
        operation: 'chat',
        dialect: openaiChat,
        method: 'POST',
        path: '/v1/chat/completions',
        query: '',
        headers: {},
        body: json(history),
        signal: new AbortController().signal,
      }),
    )
    const kept = decoded.messages.flatMap(({ content }) =>
      content.flatMap((part) => ('state' in part ? (part.state ?? []) : [])),
    )

    expect(kept.length).toBeGreaterThan(0)
    expect(find(history).map(({ data }) => JSON.stringify(data))).toEqual(
      expect.arrayContaining(kept.map(({ data }) => JSON.stringify(data))),
    )
  })

  it('is nowhere in other bodies, whatever they are', () => {
    expect(find(minimal)).toEqual([])
    expect(find({ ...minimal, messages: [{ role: 'user', content: '"extra_content"' }] })).toEqual(
      [],
    )
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('reasoning_details', 'extra_content'),
        (value, name) => {
          const odd = {
            messages: [{ [name]: value, tool_calls: [{ [name]: value }, 1] }, value, 5],
          }

          expect(() => find(odd)).not.toThrow()
          expect(() => find({ messages: value, [name]: value })).not.toThrow()
        },
      ),
    )
    expect(states?.find(bytes('{"messages":[{"extra_content":'))).toEqual([])
  })
})

describe('a chat without refused state', () => {
  const base = JSON.stringify({ role: 'assistant', content: 'x' }).slice(0, -1)
  const body = (details: readonly unknown[]) =>
    `{"messages": [${base}, "reasoning_details": ${JSON.stringify(details)}}] }`

  it('stays the same bytes where all of it is accepted', () => {
    const raw = json(history)

    expect(states?.without(raw, () => true)).toBe(raw)
  })

  it('loses an entry as a whole, and the list with the last one', () => {
    expect(without(body([signed, sealed]), 'SIG')).toBe(body([sealed]))
    expect(without(body([signed, sealed]), 'DATA')).toBe(body([signed]))
    expect(without(body([signed, sealed]), 'SIG', 'DATA')).toBe(`{"messages": [${base}}] }`)
  })

  it('keeps entries without state beside it', () => {
    const plain = { type: 'reasoning.summary', summary: 's', index: 2 }

    expect(without(body([signed, plain]), 'SIG')).toBe(body([plain]))
  })

  it('loses signatures with the member that holds them, and nothing else', () => {
    const text = JSON.stringify(history)
    const [, details, calls] = history.messages
    const expected = {
      ...history,
      messages: [
        history.messages[0],
        details,
        { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'b' }] },
        { role: 'assistant', content: 'y' },
      ],
    }

    expect(calls).toHaveProperty('extra_content')
    expect(without(text, 'MSG', 'GOOG', 'OWN')).toBe(JSON.stringify(expected))
  })

  it('loses all details where they are refused as they were remembered together', () => {
    const kept = states?.without(json(history), ({ kind, data }) => {
      return kind !== 'reasoning-details' || typeof data === 'string'
    })

    expect(strings(states?.find(kept ?? bytes('')) ?? [])).toEqual(['MSG', 'GOOG', 'OWN'])
  })
})

describe('state in a forwarded answer', () => {
  const chunk = (delta: unknown) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`
  const stream = [
    chunk({ reasoning_details: [{ type: 'reasoning.text', text: 'so', index: 0 }] }),
    chunk({ reasoning_details: [{ ...signed, text: '' }] }),
    chunk({ content: 'Hi' }),
    chunk({ reasoning_details: [sealed] }),
    chunk({ tool_calls: [{ index: 0, ...call, extra_content: extra }] }),
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
    'data: [DONE]\n\n',
  ].join('')

  it('is told by a stream, once, wherever it is cut, as it is found in the next request', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const told: OpaqueState[] = []
        const tap = openaiChat.tap('sse', { onState: (state) => told.push(state) })
        for (const piece of pieces(bytes(stream), cuts)) tap.push(piece)
        tap.end()
        tap.report()

        expect(told.map(({ data }) => data)).toEqual(['SIG', 'DATA', 'GOOG'])
        expect(tap.report().complete).toBe(true)
      }),
    )
  })

  it.each([10, 100_000])('is told by a whole answer with a text of %d characters', (length) => {
    const told: OpaqueState[] = []
    const tap = openaiChat.tap('json', { onState: (state) => told.push(state) })
    const message = { content: 'x'.repeat(length), reasoning_details: [signed], tool_calls: [] }
    tap.push(json({ id: 'a', choices: [{ index: 0, message, finish_reason: 'stop' }] }))
    tap.end()

    expect(told).toEqual([{ kind: 'reasoning-details', data: 'SIG' }])
    expect(tap.report().complete).toBe(true)
  })

  it('is told by a recorded stream, and found where a client sends it back', () => {
    const { responseBody } = recording('openrouter-stream-thinking')
    const told: OpaqueState[] = []
    const tap = openaiChat.tap('sse', { onState: (state) => told.push(state) })
    tap.push(bytes(responseBody))
    tap.end()
    const [first] = told
    const detail = { type: 'reasoning.text', text: 'So.', signature: first?.data, index: 0 }

    expect(told).toHaveLength(1)
    expect(first).toMatchObject({ kind: 'reasoning-details', data: expect.stringMatching(/^Et0B/) })
    expect(find({ messages: [{ role: 'assistant', reasoning_details: [detail] }] })).toContainEqual(
      first,
    )
  })
})
