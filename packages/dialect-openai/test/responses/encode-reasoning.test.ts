import type { ChatRequest, Message, OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIResponses, openaiResponses } from '../../src/index.ts'
import { decodeWire, encodeWire, hello, itemsOf } from './support/responses.ts'

const text = (said: string) => ({ type: 'text', text: said }) as const
const user = (said: string): Message => ({ role: 'user', content: [text(said)] })
const state: OpaqueState = { kind: 'encrypted-content', data: 'E', id: 'rs_1' }
const encode = (request: Partial<ChatRequest>) =>
  openaiResponses.chat.encodeRequest({ ...hello, ...request })

describe('reasoning', () => {
  const thought = { type: 'reasoning', form: 'summary', text: 'Hm.' } as const

  it.each([
    ['without state', [thought, text('a')]],
    [
      'with state of another protocol',
      [{ ...thought, state: [{ kind: 'signature', data: 's' }] as const }, text('a')],
    ],
    [
      'with state of another origin',
      [{ ...thought, state: [{ ...state, origin: { dialect: 'x', scope: 'y' } }] }, text('a')],
    ],
  ] as const)('%s stays behind', (_, content) => {
    expect(itemsOf([user('q'), { role: 'assistant', content }])).toEqual([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ])
  })

  it('is never the last item of a turn', () => {
    const content = [text('a'), { ...thought, state: [state] }]

    expect(itemsOf([{ role: 'assistant', content }, user('q')])).toHaveLength(2)
  })

  it('is left out where what it led to is', () => {
    const search = { type: 'provider', dialect: 'gemini', value: {} } as const
    const content = [{ ...thought, state: [state] }, search, text('a')]

    expect(itemsOf([{ role: 'assistant', content }])).toEqual([{ role: 'assistant', content: 'a' }])
  })

  it('goes along in words where the provider reads them', () => {
    const content = [{ ...thought, form: 'raw' as const }, text('a')]

    expect(
      itemsOf([{ role: 'assistant', content }], createOpenAIResponses({ returnReasoning: 'all' })),
    ).toEqual([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      { role: 'assistant', content: 'a' },
    ])
  })

  it.each([
    [{ effort: 'high' }, { effort: 'high' }],
    [{ enabled: false }, { effort: 'none' }],
    [{ enabled: true }, { effort: 'medium' }],
    [{ budget: 5000 }, { effort: 'medium' }],
    [{ show: true }, { summary: 'auto' }],
    [{ show: 'detailed' }, { summary: 'detailed' }],
    [{ show: 'summary' }, { summary: 'auto' }],
  ] as const)('is asked for: %j', (reasoning, expected) => {
    expect(encodeWire({ reasoning })['reasoning']).toEqual(expected)
  })

  it('is asked for in the client’s own word', () => {
    const wire = { model: 'm', input: 'hi', reasoning: { summary: 'concise', mode: 'pro' } }

    expect(openaiResponses.chat.encodeRequest(decodeWire(wire)).body['reasoning']).toEqual(
      wire.reasoning,
    )
  })

  const encrypted = (request: Partial<ChatRequest>, dialect = openaiResponses) =>
    JSON.stringify(encodeWire(request, dialect)['include'] ?? []).includes('encrypted')

  it.each([
    ['reasoning is asked for', { reasoning: { effort: 'low' } }, true],
    ['reasoning is switched off', { reasoning: { effort: 'none' }, model: 'gpt-5' }, false],
    ['the model thinks unasked', { model: 'openai/gpt-5.2' }, true],
    ['the model thinks unasked', { model: 'o3-mini' }, true],
    ['the model may not think', { model: 'gpt-4o' }, false],
    ['the model only chats', { model: 'gpt-5-chat-latest' }, false],
    ['the provider stores the answer', { model: 'gpt-5', store: true }, false],
    [
      'it comes back',
      { messages: [{ role: 'assistant', content: [{ ...thought, state: [state] }, text('a')] }] },
      true,
    ],
  ] as const)('comes encrypted, or not, because %s', (_, request, expected) => {
    expect(encrypted(request)).toBe(expected)
  })

  it('comes encrypted as the provider needs it', () => {
    expect(encrypted({}, createOpenAIResponses({ encryptedReasoning: 'always' }))).toBe(true)
    expect(encrypted({ model: 'o3' }, createOpenAIResponses({ encryptedReasoning: 'never' }))).toBe(
      false,
    )
  })
})

describe('what a provider’s own tools did', () => {
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
  const trace = { type: 'provider', dialect: 'openai-responses', value: search } as const

  it('goes back to it', () => {
    const content = [
      { ...trace, state: [{ kind: 'encrypted-content', data: 'ws_1' }] as const },
      text('a'),
    ]

    expect(itemsOf([{ role: 'assistant', content }])).toMatchObject([search, { role: 'assistant' }])
  })

  it('goes to nobody else, who would not know it', () => {
    expect(
      encode({ messages: [{ role: 'assistant', content: [trace, text('a')] }] }),
    ).toMatchObject({
      body: { input: [{ role: 'assistant' }] },
      dropped: ['web_search_call'],
    })
  })

  it('takes the outputs of what did not go along with it', () => {
    const items = [
      { type: 'computer_call', id: 'cu_1', call_id: 'x', status: 'completed' },
      { type: 'computer_call_output', id: 'o', call_id: 'x', output: {} },
    ]
    const request = decodeWire({ model: 'm', input: items })

    expect(openaiResponses.chat.encodeRequest(request).body['input']).toEqual([
      items[0],
      { type: 'computer_call_output', call_id: 'x', output: {} },
    ])
    const [turn] = request.messages
    const content = turn?.content.map((part) => ({ ...part, state: [] })) as never
    expect(itemsOf([{ role: 'assistant', content }])).toBe('')
  })

  it('is referred to only where it is stored', () => {
    const wire = {
      model: 'm',
      input: [
        { role: 'user', content: 'a' },
        { type: 'item_reference', id: 'msg_1' },
      ],
    }

    expect(openaiResponses.chat.encodeRequest(decodeWire(wire)).dropped).toEqual(['item_reference'])
    const stored = openaiResponses.chat.encodeRequest(decodeWire({ ...wire, store: true })).body
    expect(stored['input']).toEqual(wire.input)
  })

  it('is an image that goes back by its id', () => {
    const image = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'AAAA',
      revised_prompt: 'p',
    }
    const { body } = openaiResponses.chat.encodeRequest(decodeWire({ model: 'm', input: [image] }))

    expect(body['input']).toEqual([image])
  })

  it('is no image of another provider', () => {
    const image = {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'A' },
    } as const

    expect(
      encode({ messages: [{ role: 'assistant', content: [image, text('a')] }] }).dropped,
    ).toEqual(['image'])
  })
})
