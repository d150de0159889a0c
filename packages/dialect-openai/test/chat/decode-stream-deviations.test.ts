import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat } from '../../src/index.ts'
import { chunk, decode, sse, start, stop, textOfParts } from '../support/bytes.ts'

const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type)

const last = (parts: readonly StreamPart[]) => parts.at(-1)

const calls = (...deltas: unknown[]) => chunk({ tool_calls: deltas })

describe('deviations of providers', () => {
  it.each([
    ['content null and absent', chunk({ role: 'assistant', content: null }), chunk({})],
    ['no role at all', chunk({})],
    ['tool_calls null', chunk({ role: 'assistant', tool_calls: null })],
    ['null numbers', { ...start, created: null, usage: null }],
    ['no object', { choices: [{ index: 0, delta: {} }] }],
    ['a choice without index', { id: 'x', choices: [{ delta: { role: 'assistant' } }] }],
    ['choices null', { id: 'x', choices: null }],
    ['unknown members', { ...chunk({ role: 'assistant', token_id: 3 }), kv_transfer_params: {} }],
  ])('accepted: %s', (_, ...chunks) => {
    const parts = decode(sse(...chunks, chunk({ content: 'a' }), stop))

    expect(textOfParts(parts, 'text')).toBe('a')
    expect(last(parts)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  it('accepted: CRLF, CR, BOM, comments, no space, several data lines, unknown fields', () => {
    const [a, b] = [JSON.stringify(start), JSON.stringify(stop)]
    const content = JSON.stringify(chunk({ content: 'a' }), null, 1).replaceAll('\n', '\ndata:')

    for (const end of ['\n', '\r\n', '\r']) {
      const stream = `\ufeff: hello\n\nretry: 3\nid: 7\ndata:${a}\n\nevent: x\ndata:${content}\n\n: PROCESSING\n\ndata: ${b}\n\ndata:[DONE]\n\n`
      expect(textOfParts(decode(stream.replaceAll('\n', end)), 'text')).toBe('a')
    }
  })

  it('accepted: no [DONE] behind a finish reason, and no blank line at the end', () => {
    const stream = `data: ${JSON.stringify(start)}\n\ndata: ${JSON.stringify(stop)}`

    expect(last(decode(stream))).toEqual({ type: 'finish', reason: 'stop', raw: 'stop' })
    expect(last(decode(`${stream}\n\ndata: [DONE]`))).toMatchObject({ type: 'finish' })
  })

  it('accepted: [DONE] without a finish reason', () => {
    expect(last(decode(sse(start, chunk({ content: 'a' }))))).toEqual({
      type: 'finish',
      reason: 'stop',
    })
  })

  it('accepted: a finish reason twice', () => {
    expect(types(decode(sse(start, stop, stop))).filter((type) => type === 'finish')).toHaveLength(
      1,
    )
  })

  it('ignored: anything behind [DONE]', () => {
    const stream = `${sse(start, stop)}data: {"error":{"message":"late"}}\n\n`

    expect(last(decode(stream))).toMatchObject({ type: 'finish' })
  })

  it('ignored: Azure’s first chunk, which is about the prompt', () => {
    const preamble = { id: '', object: '', model: '', choices: [], prompt_filter_results: [] }

    expect(decode(sse(preamble, start, stop))[0]).toMatchObject({ id: 'chatcmpl-1' })
  })

  it('ignored: other choices than the first', () => {
    const other = {
      ...start,
      choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'length' }],
    }
    const parts = decode(sse(start, other, chunk({ content: 'a' }), stop))

    expect(textOfParts(parts, 'text')).toBe('a')
    expect(last(parts)).toMatchObject({ reason: 'stop' })
  })

  it('read once: reasoning that comes in two fields', () => {
    const twice = { reasoning: 'r', reasoning_content: 'r' }
    const both = {
      reasoning: 'r',
      reasoning_details: [{ type: 'reasoning.text', text: 'r', index: 0 }],
    }

    expect(textOfParts(decode(sse(chunk(twice), stop)), 'reasoning')).toBe('r')
    expect(textOfParts(decode(sse(chunk(both), stop)), 'reasoning')).toBe('r')
  })

  it('read as the variant says: fields that hold reasoning', () => {
    const dialect = createOpenAIChat({ reasoning: { read: ['reasoning_content'] } })
    const stream = sse(
      chunk({ reasoning: 'no', reasoning_content: 'yes' }),
      chunk({ reasoning: 'no' }),
      stop,
    )

    expect(textOfParts(decode(stream, { dialect }), 'reasoning')).toBe('yes')
  })

  it('read as blocks of their own: readable details with different indexes', () => {
    const detail = (index: number, rest: object) =>
      chunk({ reasoning_details: [{ index, ...rest }] })
    const parts = decode(
      sse(
        detail(0, { type: 'reasoning.summary', summary: 'one' }),
        detail(1, { type: 'reasoning.encrypted', data: 'E' }),
        detail(2, { type: 'reasoning.text', text: 'two' }),
        detail(2, { type: 'reasoning.text', text: '', signature: 'S' }),
        stop,
      ),
    )

    expect(parts.filter(({ type }) => type === 'reasoning-start')).toMatchObject([
      { form: 'summary' },
      { form: 'raw' },
    ])
    expect(parts.filter(({ type }) => type === 'reasoning-end')).toMatchObject([
      {
        state: [
          { data: [{ type: 'reasoning.summary' }, { type: 'reasoning.encrypted', data: 'E' }] },
        ],
      },
      { state: [{ data: [{ type: 'reasoning.text', signature: 'S' }] }] },
    ])
  })

  it('kept: encrypted reasoning without any text', () => {
    const parts = decode(
      sse(
        chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'E' }] }),
        chunk({ content: 'a' }),
        stop,
      ),
    )

    expect(types(parts).slice(1, 4)).toEqual(['reasoning-start', 'reasoning-end', 'text-start'])
  })

  it('read: a whole message in a chunk, and skipped where it repeats the deltas', () => {
    const message = { role: 'assistant', content: 'all' }
    const whole = { ...start, choices: [{ index: 0, message, finish_reason: 'stop' }] }

    expect(textOfParts(decode(sse(whole)), 'text')).toBe('all')
    expect(textOfParts(decode(sse(start, chunk({ content: 'all' }), whole)), 'text')).toBe('all')
  })

  it('read: events of a megabyte', () => {
    const text = 'x'.repeat(1 << 20)

    expect(textOfParts(decode(sse(start, chunk({ content: text }), stop)), 'text')).toBe(text)
  })

  it.each([
    ['tool_calls', 'tool-calls'],
    ['stop', 'tool-calls'],
    ['length', 'length'],
    ['function_call', 'tool-calls'],
  ])('understood: %s behind a tool call', (word, reason) => {
    const call = calls({ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } })

    expect(last(decode(sse(start, call, chunk({}, { finish_reason: word }))))).toEqual({
      type: 'finish',
      reason,
      raw: word,
    })
  })

  it.each([
    ['content_filter', 'content-filter'],
    ['sensitive', 'content-filter'],
    ['eos', 'stop'],
    ['model_context_window_exceeded', 'length'],
    ['insufficient_system_resource', 'error'],
    ['network_error', 'error'],
    ['whatever', 'other'],
    ['toString', 'other'],
  ])('understood: the finish reason %s', (word, reason) => {
    expect(last(decode(sse(start, chunk({}, { finish_reason: word }))))).toEqual({
      type: 'finish',
      reason,
      raw: word,
    })
  })
})
