import type { RequestEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { assistant, headOf, input, minimal, user } from '../support/requests.ts'

const edit = (body: Uint8Array, change: RequestEdit, operation: 'chat' | 'count-tokens' = 'chat') =>
  anthropicMessages.editRequest(body, anthropicMessages.head(input(body, { operation })), change)

const edited = (body: object, change: RequestEdit) => JSON.parse(textOf(edit(json(body), change)))

const spaced = bytes(
  '{ "model" : "a",  "max_tokens":9,"messages":[ {"role":"user","content":"h\\u00e4!"} ] }',
)

describe('an edit', () => {
  it('of nothing gives the same array', () => {
    expect(edit(spaced, {})).toBe(spaced)
    expect(edit(spaced, { model: 'a', includeUsage: true })).toBe(spaced)
    expect(edit(spaced, { overrides: { verbosity: 'low' } })).toBe(spaced)
  })

  it('of the model changes no other byte', () => {
    expect(textOf(edit(spaced, { model: 'b' }))).toBe(textOf(spaced).replace('"a"', '"b"'))
    expect(textOf(edit(spaced, { model: 'b' }, 'count-tokens'))).toContain('"b"')
  })

  it('of a text counts as the spans do', () => {
    const change = { conversation: [{ message: 0, text: 0, start: 1, end: 2, insert: '"' }] }

    expect(textOf(edit(spaced, change))).toBe(textOf(spaced).replace('\\u00e4', '\\"'))
  })

  it('of a backend is the strongest', () => {
    const patches = [{ set: 'max_tokens', value: 5 }, { remove: 'stream' }] as const

    expect(
      edited({ ...minimal, stream: true }, { overrides: { maxOutputTokens: 7 }, patches }),
    ).toEqual({
      ...minimal,
      max_tokens: 5,
    })
  })

  it('of sampling is left out where the version of the API has none', () => {
    const overrides = { temperature: 0.1, topK: 7, maxOutputTokens: 5 }
    const of = (version: string) =>
      edited(minimal, { overrides, headers: { 'anthropic-version': version } })

    expect(of('2023-06-01')).toMatchObject({ temperature: 0.1, top_k: 7, max_tokens: 5 })
    expect(of('2026-10-21')).toEqual({ ...minimal, max_tokens: 5 })
  })

  it('does not touch what a count does not take', () => {
    const overrides = { temperature: 0.1, maxOutputTokens: 5, reasoningEffort: 'high' } as const

    expect(edit(spaced, { overrides }, 'count-tokens')).toBe(spaced)
  })

  it('leaves bodies alone that are no JSON', () => {
    const body = bytes('--x')
    const call = input(body, {
      operation: 'opaque',
      headers: { 'content-type': 'multipart/form-data' },
    })
    const head = anthropicMessages.head(call)

    expect(anthropicMessages.editRequest(body, head, { model: 'b' })).toBe(body)
  })
})

describe('parameters', () => {
  it('of the operator stand above the body’s, defaults below', () => {
    const body = { ...minimal, temperature: 0.2 }

    expect(edited(body, { overrides: { temperature: 0.9, topK: 3 } })).toMatchObject({
      temperature: 0.9,
      top_k: 3,
    })
    expect(edited(body, { defaults: { temperature: 0.9, topK: 3 } })).toMatchObject({
      temperature: 0.2,
      top_k: 3,
    })
    expect(edited({ ...minimal, top_k: null }, { defaults: { topK: 3 } })).toMatchObject({
      top_k: 3,
    })
  })

  it('stay within what the protocol and the model take', () => {
    expect(edited(minimal, { overrides: { temperature: 1.8 } }).temperature).toBe(1)
    expect(
      edited({ ...minimal, model: 'claude-opus-4-8' }, { overrides: { temperature: 0.5 } }),
    ).toEqual({
      ...minimal,
      model: 'claude-opus-4-8',
    })
    expect(edited({ ...minimal, top_p: 0.5 }, { overrides: { temperature: 0.5 } })).toEqual({
      ...minimal,
      temperature: 0.5,
    })
    expect(edited({ ...minimal, temperature: 0.5 }, { overrides: { topP: 0.5 } })).toEqual({
      ...minimal,
      top_p: 0.5,
    })
  })

  it('do not disturb thinking', () => {
    const body = {
      ...minimal,
      max_tokens: 9000,
      thinking: { type: 'enabled', budget_tokens: 2000 },
    }

    expect(edited(body, { overrides: { temperature: 0.5, topK: 3 } })).toEqual(body)
    expect(edited(body, { overrides: { maxOutputTokens: 1500 } })).toMatchObject({
      max_tokens: 1500,
      thinking: { type: 'enabled', budget_tokens: 1200 },
    })
    expect(edited(body, { overrides: { maxOutputTokens: 1000 } })).toMatchObject({
      max_tokens: 1000,
      thinking: { type: 'disabled' },
    })
  })
})

describe('an effort', () => {
  const wide = { ...minimal, max_tokens: 50_000 }
  const high = { overrides: { reasoningEffort: 'high' } } as const

  it('becomes a budget below the limit, or an effort', () => {
    expect(edited(wide, high).thinking).toEqual({ type: 'enabled', budget_tokens: 24_576 })
    expect(edited({ ...minimal, max_tokens: 5000 }, high).thinking).toEqual({
      type: 'enabled',
      budget_tokens: 4000,
    })
    expect(edited({ ...minimal, model: 'claude-opus-4-8' }, high)).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    })
  })

  it('keeps what else the client says of thinking and of its output', () => {
    const body = {
      ...{ ...minimal, model: 'claude-opus-4-8' },
      thinking: { type: 'enabled', budget_tokens: 50, display: 'omitted' },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } },
    }

    expect(edited(body, high)).toMatchObject({
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high', format: { type: 'json_schema', schema: {} } },
    })
  })

  it('takes with it what is refused beside thinking', () => {
    const body = { ...wide, temperature: 0.3, top_k: 4, top_p: 0.97 }

    expect(edited(body, high)).toEqual({
      ...{ ...wide, top_p: 0.97 },
      thinking: { type: 'enabled', budget_tokens: 24_576 },
    })
  })

  it('is none', () => {
    const body = {
      ...{ ...wide, model: 'claude-opus-4-8' },
      ...{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
    }

    expect(edited(body, { overrides: { reasoningEffort: 'none' } })).toMatchObject({
      thinking: { type: 'disabled' },
      output_config: { effort: 'high' },
    })
  })

  it('as a default gives way to a client that says anything of thinking', () => {
    const low = { defaults: { reasoningEffort: 'low' } } as const
    const off = { ...wide, thinking: { type: 'disabled' } }
    const own = { ...wide, output_config: { effort: 'max' } }

    expect(edited(off, low)).toEqual(off)
    expect(edited(own, low)).toEqual(own)
    expect(edited(wide, low).thinking).toMatchObject({ budget_tokens: 1024 })
  })

  const call = { type: 'tool_use', id: 't', name: 'f', input: {} }
  const result = { type: 'tool_result', tool_use_id: 't', content: 'ok' }
  const thought = { type: 'thinking', thinking: 'x', signature: 's' }

  it.each([
    [
      'an open tool loop without thinking',
      { messages: [user('a'), assistant(call), user([result])] },
    ],
    ['a prefill', { messages: [user('a'), { role: 'assistant', content: '{' }] }],
    ['a call that must be made', { tool_choice: { type: 'any' } }],
    ['a model that cannot think', { model: 'claude-3-haiku-20240307' }],
  ])('does not switch thinking on in %s', (_, members) => {
    const body = { ...wide, ...members }

    expect(edited(body, high)).toEqual(body)
  })

  it('switches it on in a tool loop that has its thinking', () => {
    const messages = [user('a'), assistant(thought, call), user([result])]

    expect(edited({ ...wide, messages }, high).thinking).toMatchObject({ type: 'enabled' })
  })
})

describe('spans', () => {
  it('find the parts of a conversation', () => {
    const body = {
      ...{ ...minimal, system: [{ type: 'text', text: 's' }], tools: [{ name: 'f' }] },
      messages: [
        user('one'),
        assistant({ type: 'text', text: 'two' }, call()),
        user([
          { type: 'tool_result', content: 'x' },
          { type: 'text', text: 'three' },
        ]),
      ],
    }
    const raw = json(body)
    const { system, tools, messages } = anthropicMessages.spans(raw, headOf(body))
    const textAt = ({ start, end }: { start: number; end: number }) =>
      textOf(raw.subarray(start, end))

    expect(textAt(system ?? { start: 0, end: 0 })).toBe('[{"type":"text","text":"s"}]')
    expect(textAt(tools ?? { start: 0, end: 0 })).toBe('[{"name":"f"}]')
    expect(messages.map(({ role, texts }) => [role, ...texts.map(textAt)])).toEqual([
      ['user', '"one"'],
      ['assistant', '"two"'],
      ['user', '"three"'],
    ])
    expect(
      anthropicMessages.spans(raw, headOf(body), { through: 'assistant' }).messages,
    ).toHaveLength(2)
  })

  it('refuse a message with a key twice', () => {
    const raw = bytes('{"messages":[{"role":"user","role":"user"}]}')

    expect(() => anthropicMessages.spans(raw, anthropicMessages.head(input(raw)))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})

function call() {
  return { type: 'tool_use', id: 't', name: 'f', input: {} }
}
