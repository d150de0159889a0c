import type { AssistantPart, ChatRequest, JsonObject, Message, Tool } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { decodeWire } from './support/responses.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-z]{1,8}$/)
const args = fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify({ value }))

const textPart = text.map((said) => ({ type: 'text', text: said }) as const)
const imagePart = fc.constantFrom(
  { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, detail: 'low' } as const,
  { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAAA' } } as const,
  {
    type: 'file',
    source: { kind: 'base64', mediaType: 'application/pdf', data: 'BBBB' },
    name: 'a.pdf',
  } as const,
  { type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } } as const,
  { type: 'file', source: { kind: 'file-id', dialect: 'openai-responses', id: 'file-1' } } as const,
)

const spoken: fc.Arbitrary<AssistantPart[]> = fc.array(
  fc.oneof(
    textPart,
    text.map((said) => ({ type: 'refusal', text: said }) as const),
  ),
  { minLength: 1, maxLength: 2 },
)
const thought: fc.Arbitrary<AssistantPart> = fc
  .record({
    said: fc.oneof(text, fc.constant('')),
    form: fc.constantFrom('summary', 'raw'),
    data: name,
  })
  .map(({ said, form, data }) => ({
    type: 'reasoning',
    // Without words nobody can tell in which form there are none.
    form: said === '' ? 'summary' : form,
    text: said,
    state: [{ kind: 'encrypted-content', data, id: `rs_${data}` }],
  }))

interface Turn {
  readonly thought: AssistantPart | null
  readonly spoken: AssistantPart[]
  readonly calls: readonly {
    kind: 'function' | 'custom'
    name: string
    args: string
    output: string
  }[]
}

const turn: fc.Arbitrary<Turn> = fc.record({
  thought: fc.option(thought),
  spoken,
  calls: fc.array(
    fc.record({ kind: fc.constantFrom('function', 'custom'), name, args, output: text }),
    { maxLength: 3 },
  ),
})

function messagesOf(turns: readonly Turn[]): Message[] {
  return turns.flatMap(({ thought: before, spoken: said, calls }, index): Message[] => {
    const ids = calls.map((_, place) => `call_${index}_${place}`)
    const made = calls.map(
      ({ kind, name: called, args: given }, place) =>
        ({
          type: 'tool-call',
          callId: ids[place] ?? '',
          name: called,
          kind,
          arguments: given,
        }) as const,
    )
    const results = calls.map(
      ({ kind, name: called, output }, place) =>
        ({
          type: 'tool-result',
          callId: ids[place] ?? '',
          name: called,
          kind,
          content: [{ type: 'text', text: output }],
        }) as const,
    )
    const content = [...(before === null ? [] : [before]), ...said, ...made]
    return [
      { role: 'assistant', content },
      ...(results.length === 0 ? [] : [{ role: 'tool', content: results } as const]),
      { role: 'user', content: [{ type: 'text', text: `next ${index}` }] },
    ]
  })
}

const opening: fc.Arbitrary<Message[]> = fc
  .record({
    system: fc.option(
      fc.record({
        role: fc.constantFrom('system', 'developer'),
        content: fc.array(textPart, { minLength: 1, maxLength: 2 }),
      }),
    ),
    user: fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }),
  })
  .map(({ system, user }) => [
    ...(system === null ? [] : [system as Message]),
    { role: 'user', content: user },
  ])

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc.record(
    {
      type: fc.constant('function' as const),
      name,
      description: text,
      parameters: fc.constant({ type: 'object', additionalProperties: false }),
      strict: fc.boolean(),
    },
    { requiredKeys: ['type', 'name', 'parameters', 'strict'] },
  ),
  fc.record(
    {
      type: fc.constant('custom' as const),
      name,
      description: text,
      format: fc.constant({ syntax: 'lark', definition: 'x' } as const),
    },
    { requiredKeys: ['type', 'name'] },
  ),
  fc.constant({
    type: 'provider',
    dialect: 'openai-responses',
    value: { type: 'web_search' },
  } as const),
)

const request: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      opening,
      turns: fc.array(turn, { maxLength: 3 }),
      tools: fc.uniqueArray(tool, {
        minLength: 1,
        maxLength: 3,
        selector: (one) => ('name' in one ? one.name : ''),
      }),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      maxOutputTokens: fc.integer({ min: 16, max: 10_000 }),
      reasoning: fc.constantFrom(
        { effort: 'low' } as const,
        { effort: 'high', show: true } as const,
        { show: 'detailed' } as const,
      ),
      output: fc.constantFrom(
        { type: 'text' } as const,
        { type: 'json-schema', name: 'n', schema: { type: 'object' } } as const,
      ),
      verbosity: fc.constantFrom('low', 'high'),
      endUser: name,
      cacheKey: name,
      metadata: fc.constant({ a: 'b' }),
      parallelToolCalls: fc.boolean(),
    },
    { requiredKeys: ['opening', 'turns', 'tools'] },
  )
  .map(({ opening: first, turns, ...rest }) => ({
    model: 'm',
    stream: false,
    includeUsage: true,
    messages: [...first, ...messagesOf(turns)],
    store: false,
    ...rest,
  }))

describe('any conversation', () => {
  it('means the same when it was written and read again', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { body, dropped } = openaiResponses.chat.encodeRequest(asked)
        const { extensions: _, ...read } = decodeWire(JSON.parse(JSON.stringify(body)))

        expect(dropped).toEqual([])
        expect(read).toEqual(asked)
      }),
      { numRuns: 300 },
    )
  })

  it('never ends a turn with reasoning, and answers each call once', () => {
    fc.assert(
      fc.property(request, fc.func(fc.boolean()), (asked, keeps) => {
        const messages = asked.messages.filter(
          (message) => message.role !== 'tool' || keeps(message),
        )
        const { body } = openaiResponses.chat.encodeRequest({ ...asked, messages })
        const items = body['input'] as JsonObject[]

        for (const [index, { type }] of items.entries()) {
          if (type === 'reasoning')
            expect(items[index + 1]?.['role'] ?? 'assistant').toBe('assistant')
        }
        const idsOf = (ending: string) =>
          items
            .filter(({ type }) => String(type).endsWith(ending))
            .map((item) => item['call_id'])
            .toSorted()
        expect(idsOf('_call_output')).toEqual(idsOf('_call'))
      }),
      { numRuns: 200 },
    )
  })
})
