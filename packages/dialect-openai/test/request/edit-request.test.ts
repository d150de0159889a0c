import type { RequestEdit } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { headOf, input, minimal, user } from '../support/requests.ts'

const edit = (body: string, change: RequestEdit, dialect = openaiChat): string => {
  const raw = bytes(body)
  return textOf(dialect.editRequest(raw, headOf(raw, dialect), change))
}

const plain = '{ "model" : "m",\n "messages":[{"role":"user","content":"hi"}] , "x":1.0e2 }'

const withMembers = (members: string) => `{"messages":[{"role":"user","content":"hi"}]${members}}`

describe('an edit of a chat', () => {
  it('gives the same bytes back where nothing changes', () => {
    const raw = bytes(plain)
    const nothing = {
      overrides: {},
      defaults: {},
      includeUsage: false,
      patches: [],
      conversation: [],
    }

    expect(openaiChat.editRequest(raw, headOf(raw), nothing)).toBe(raw)
    expect(openaiChat.editRequest(raw, headOf(raw), { model: 'm' })).toBe(raw)
    expect(openaiChat.editRequest(raw, headOf(raw), { patches: [{ remove: 'y' }] })).toBe(raw)
  })

  it('puts the model in its place and keeps every other byte', () => {
    expect(edit(plain, { model: 'a "b"' })).toBe(plain.replace('"m"', '"a \\"b\\""'))
  })

  it('adds the model where the client named none', () => {
    expect(edit(withMembers(''), { model: 'x' })).toBe(withMembers(',"model":"x"'))
  })

  it('writes parameters that someone forces over those of the body', () => {
    const overrides = {
      temperature: 0,
      topP: 0.5,
      verbosity: 'low',
      reasoningEffort: 'high',
    } as const

    expect(edit(withMembers(',"temperature":1.5,"seed":7'), { overrides })).toBe(
      withMembers(
        ',"temperature":0,"seed":7,"top_p":0.5,"verbosity":"low","reasoning_effort":"high"',
      ),
    )
  })

  it('writes defaults only where the body has nothing, or null', () => {
    const defaults = {
      temperature: 0,
      topP: 0.5,
      maxOutputTokens: 9,
      reasoningEffort: 'low',
    } as const

    expect(
      edit(withMembers(',"temperature":1.5,"top_p":null,"max_tokens":5,"thinking":{}'), {
        defaults,
      }),
    ).toBe(withMembers(',"temperature":1.5,"top_p":0.5,"max_tokens":5,"thinking":{}'))
  })

  it('lets what is forced win over defaults', () => {
    const change = { defaults: { temperature: 0 }, overrides: { temperature: 1 } }

    expect(edit(withMembers(''), change)).toBe(withMembers(',"temperature":1'))
  })

  it.each([
    [',"max_tokens":5', ',"max_tokens":9'],
    [',"max_completion_tokens":5', ',"max_completion_tokens":9'],
    [',"max_tokens":5,"max_completion_tokens":6', ',"max_tokens":9,"max_completion_tokens":9'],
    ['', ',"max_completion_tokens":9'],
    [',"max_tokens":null', ',"max_tokens":null,"max_completion_tokens":9'],
  ])('writes the limit where the client wrote it: %s', (before, after) => {
    expect(edit(withMembers(before), { overrides: { maxOutputTokens: 9 } })).toBe(
      withMembers(after),
    )
  })

  it('writes what the variant understands, as it does', () => {
    const dialect = createOpenAIChat({
      maxTokens: 'max_tokens',
      topK: true,
      reasoning: { ask: 'reasoning' },
    })
    const overrides = { maxOutputTokens: 9, topK: 3, reasoningEffort: 'low' } as const
    const body = withMembers(',"reasoning":{"max_tokens":5,"exclude":true}')

    expect(JSON.parse(edit(body, { overrides }, dialect))).toMatchObject({
      max_tokens: 9,
      top_k: 3,
      reasoning: { effort: 'low', exclude: true },
    })
    expect(edit(withMembers(''), { overrides: { topK: 3 } })).toBe(withMembers(''))
  })

  it('cannot ask for reasoning where the variant has no word for it', () => {
    const dialect = createOpenAIChat({ reasoning: { ask: 'none' } })

    expect(edit(withMembers(''), { overrides: { reasoningEffort: 'low' } }, dialect)).toBe(
      withMembers(''),
    )
  })

  it.each([
    [',"stream":true', ',"stream":true,"stream_options":{"include_usage":true}'],
    [
      ',"stream":true,"stream_options":null',
      ',"stream":true,"stream_options":{"include_usage":true}',
    ],
    [
      ',"stream":true,"stream_options":{"include_obfuscation":false}',
      ',"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}',
    ],
    [
      ',"stream":true,"stream_options":{ "include_usage": true }',
      ',"stream":true,"stream_options":{ "include_usage": true }',
    ],
    [',"stream":false', ',"stream":false'],
  ])('asks for usage: %s', (before, after) => {
    expect(edit(withMembers(before), { includeUsage: true })).toBe(withMembers(after))
  })

  it('asks no provider for usage that must not be asked', () => {
    const dialect = createOpenAIChat({ includeUsage: false })

    expect(edit(withMembers(',"stream":true'), { includeUsage: true }, dialect)).toBe(
      withMembers(',"stream":true'),
    )
  })

  it('applies the backend’s patches last, in their order', () => {
    expect(
      edit(withMembers(',"a":1,"b":2,"max_completion_tokens":3'), {
        overrides: { temperature: 0 },
        patches: [
          { remove: 'a' },
          { set: 'temperature', value: 1 },
          { set: 'b', value: { c: [] }, when: 'always' },
          { set: 'b', value: 9, when: 'absent' },
          { set: 'd', value: 'new', when: 'absent' },
          { rename: 'max_completion_tokens', to: 'max_tokens' },
          { rename: 'gone', to: 'x' },
        ],
      }),
    ).toBe(withMembers(',"b":{"c":[]},"max_tokens":3,"temperature":1,"d":"new"'))
  })

  it('cuts pieces out of texts, whatever escapes they hold', () => {
    const body =
      '{"messages":[{"role":"user","content":"a\\u0041😀\\n!/go x b"},{"role":"user","content":[{"type":"text","text":"c"}]}]}'

    // UTF-16: a, A, two of the emoji, line feed, then `!/go x` from 5 to 11.
    expect(
      edit(body, {
        conversation: [
          { message: 1, text: 0, start: 0, end: 1, insert: 'say "c"' },
          { message: 0, text: 0, start: 5, end: 12, insert: '' },
        ],
      }),
    ).toBe(body.replace('!/go x ', '').replace('"c"', '"say \\"c\\""'))
  })

  it('edits one text in several places', () => {
    const conversation = [
      { message: 0, text: 0, start: 3, end: 4, insert: 'Y' },
      { message: 0, text: 0, start: 0, end: 1, insert: 'X' },
    ]

    expect(edit('{"messages":[{"role":"user","content":"abcd"}]}', { conversation })).toContain(
      '"XbcY"',
    )
  })

  it('refuses to edit what is not there', () => {
    const at = (message: number, text: number, start: number) => [
      { message, text, start, end: start, insert: '' },
    ]

    for (const conversation of [at(1, 0, 0), at(0, 1, 0), at(0, 0, 9)]) {
      expect(() => edit(plain, { conversation })).toThrow(RangeError)
    }
  })

  it('keeps a byte order mark', () => {
    expect(edit(`\ufeff${plain}`, { model: 'x' }).startsWith('\ufeff{ "model" : "x"')).toBe(true)
  })

  it('says the same as an edit of the parsed object', () => {
    const members = fc.dictionary(
      fc.constantFrom('temperature', 'top_p', 'max_tokens', 'seed', 'odd "key"', 'user'),
      fc.constantFrom<unknown>(null, 1, 0.5),
    )
    const parameters = fc.record(
      {
        temperature: fc.constantFrom(0, 1),
        topP: fc.constant(0.5),
        maxOutputTokens: fc.constant(7),
      },
      { requiredKeys: [] },
    )

    fc.assert(
      fc.property(members, parameters, fc.boolean(), (rest, overrides, spaced) => {
        const { user: _, ...known } = rest
        const body = JSON.stringify({ ...minimal, ...known }, null, spaced ? 2 : 0)
        const edited = JSON.parse(
          edit(body, { model: 'x', overrides, patches: [{ remove: 'seed' }] }),
        )
        const limit = known['max_tokens'] == null ? 'max_completion_tokens' : 'max_tokens'
        const { seed: __, ...expected } = {
          ...JSON.parse(body),
          model: 'x',
          ...(overrides.temperature === undefined ? {} : { temperature: overrides.temperature }),
          ...(overrides.topP === undefined ? {} : { top_p: overrides.topP }),
          ...(overrides.maxOutputTokens === undefined ? {} : { [limit]: 7 }),
        }

        expect(edited).toEqual(expected)
      }),
    )
  })

  it('is the same every time', () => {
    const change = {
      model: 'x',
      overrides: { temperature: 1, reasoningEffort: 'low' },
      includeUsage: true,
    } as const

    expect(edit(plain, change)).toBe(edit(plain, change))
  })
})

describe('an edit of something else', () => {
  it('knows the members of a completion', () => {
    const body = '{"prompt":"hi","stream":true}'
    const overrides = {
      maxOutputTokens: 9,
      temperature: 1,
      reasoningEffort: 'low',
      topK: 2,
    } as const

    expect(edit(body, { overrides, includeUsage: true }, openaiCompletions)).toBe(
      '{"prompt":"hi","stream":true,"temperature":1,"max_tokens":9,"stream_options":{"include_usage":true}}',
    )
    const conversation = [{ message: 0, text: 0, start: 0, end: 1, insert: 'H' }]
    expect(edit(body, { conversation }, openaiCompletions)).toContain('"Hi"')
  })

  it('changes of an embedding the model, and what its backend patches', () => {
    const body = json({ model: 'm', input: 'x' })
    const head = openaiChat.head(input(body, { operation: 'embeddings' }))
    const patches = [{ set: 'input_type', value: 'query' }] as const
    const change = { model: 'n', overrides: { temperature: 1 }, patches }

    expect(JSON.parse(textOf(openaiChat.editRequest(body, head, change)))).toEqual({
      model: 'n',
      input: 'x',
      input_type: 'query',
    })
  })

  it('changes of an opaque call the model, in JSON and in a form', () => {
    const opaque = (body: Uint8Array, type: string) => {
      const head = openaiChat.head(
        input(body, { operation: 'opaque', headers: { 'content-type': type } }),
      )
      return textOf(openaiChat.editRequest(body, head, { model: 'n' }))
    }
    const form = '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--x--\r\n'

    expect(opaque(json({ model: 'm' }), 'application/json')).toBe('{"model":"n"}')
    expect(opaque(bytes(form), 'multipart/form-data; boundary=x')).toBe(
      form.replace('\nm\r', '\nn\r'),
    )
    expect(opaque(bytes('RIFF'), 'audio/wav')).toBe('RIFF')
  })

  it('keeps a chat of users as it is where only the model changes', () => {
    const body = JSON.stringify({ model: 'm', messages: [user([{ type: 'text', text: 'é' }])] })

    expect(edit(body, { model: 'mm' })).toBe(body.replace('"m"', '"mm"'))
  })
})
