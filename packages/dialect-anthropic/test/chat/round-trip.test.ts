import type {
  AssistantPart,
  ChatRequest,
  Message,
  OpaqueState,
  StreamPart,
  ToolCallPart,
  UserPart,
} from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { collected, context, decode, encode, textOf } from '../support/bytes.ts'
import { decodeWire, minimal, user } from '../support/requests.ts'

const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
  .filter((text) => text.trim() === text)
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

/** Absent is absent, never `undefined`. */
const defined = <T extends object>(members: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Defined<T>

/** Members that may be `undefined` are members that may be absent. */
type Defined<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

const text = words.map((said) => ({ type: 'text', text: said }) as const)
const userPart: fc.Arbitrary<UserPart> = fc.oneof(
  text,
  words.map((said) => ({ type: 'text', text: said, cache: { ttl: '5m' } }) as const),
  fc.constantFrom<UserPart>(
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
    { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
    { type: 'file', name: 'n', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
    { type: 'file', source: { kind: 'text', mediaType: 'text/plain', text: 'x' } },
    { type: 'file', source: { kind: 'file-id', dialect: 'anthropic-messages', id: 'f' } },
    { type: 'provider', dialect: 'anthropic-messages', value: { type: 'strange', x: 1 } },
  ),
)
const ownState: fc.Arbitrary<OpaqueState> = fc.constantFrom<OpaqueState>(
  { kind: 'signature', data: 'c2ln' },
  { kind: 'signature', data: 'b3RoZXI=' },
)
const reasoning = fc
  .tuple(words, ownState)
  .map(
    ([said, state]) =>
      ({ type: 'reasoning', form: 'summary', text: said, state: [state] }) as const,
  )
const input = fc
  .dictionary(fc.constantFrom('a', 'b'), fc.oneof(words, fc.integer(), fc.constant(null)), {
    noNullPrototype: true,
  })
  .map((value) => JSON.stringify(value))

/** A turn of the assistant with the results of its calls, and what the user says next. */
const exchange = fc.record({
  thoughts: fc.array(reasoning, { maxLength: 2 }),
  said: fc.array(text, { minLength: 1, maxLength: 2 }),
  inputs: fc.array(input, { maxLength: 3 }),
  outputs: fc.array(fc.array(userPart, { minLength: 1, maxLength: 2 }), {
    minLength: 3,
    maxLength: 3,
  }),
  failed: fc.constantFrom(undefined, true, false),
  next: fc.array(userPart, { minLength: 1, maxLength: 2 }),
})

const messages = fc
  .tuple(
    optional(fc.array(text, { minLength: 1, maxLength: 2 })),
    fc.array(userPart, { minLength: 1, maxLength: 2 }),
    fc.array(exchange, { maxLength: 3 }),
  )
  .map(([system, first, exchanges]): Message[] => [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: first },
    ...exchanges.flatMap(({ thoughts, said, inputs, outputs, failed, next }, turn): Message[] => {
      const calls = inputs.map(
        (args, at): ToolCallPart => ({
          ...{ type: 'tool-call', callId: `t${turn}_${at}`, name: 'f', kind: 'function' },
          arguments: args,
        }),
      )
      const results = calls.map(({ callId, name, kind }, at) => ({
        ...({ type: 'tool-result', callId, name, kind, content: outputs[at] ?? [] } as const),
        ...(failed === undefined ? {} : { failed }),
      }))
      return [
        { role: 'assistant', content: [...thoughts, ...said, ...calls] },
        ...(results.length === 0 ? [] : [{ role: 'tool', content: results } as const]),
        { role: 'user', content: next },
      ]
    }),
  ])
  .filter((list) => JSON.stringify(list).split('"cache"').length <= 5)

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: fc.constant('claude-opus-4-6'),
    messages,
    stream: fc.boolean(),
    includeUsage: fc.constant(true),
    tools: fc.constant([
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true } as const,
    ]),
    toolChoice: optional(fc.constantFrom({ type: 'auto' } as const, { type: 'none' } as const)),
    output: optional(
      fc.constant({
        type: 'json-schema',
        schema: { type: 'object', properties: {}, additionalProperties: false },
      } as const),
    ),
    reasoning: optional(
      fc.constantFrom<NonNullable<ChatRequest['reasoning']>>(
        { enabled: true, effort: 'high' },
        { enabled: true, budget: 'dynamic', show: false },
        { enabled: false },
      ),
    ),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    stop: optional(fc.array(words, { minLength: 1, maxLength: 2 })),
    endUser: optional(words),
    serviceTier: optional(fc.constantFrom('auto', 'default')),
    extensions: optional(fc.constant({ 'anthropic-messages': { container: 'c', speed: 'fast' } })),
  })
  .map(defined)
  .filter(mayThink)

/** Thinking is not asked for where an open tool loop has none: that is switched off. */
function mayThink({ reasoning: asked, messages: list }: ChatRequest): boolean {
  const last = list.findLast(({ role }) => role === 'assistant')
  const isLoop = last?.content.some(({ type }) => type === 'tool-call') === true
  const hasThought = last?.content.some(({ type }) => type === 'reasoning') === true
  return asked?.enabled !== true || !isLoop || hasThought
}

describe('a request', () => {
  it('means the same once it was encoded and decoded', () => {
    fc.assert(
      fc.property(request, (one) => {
        const { body, dropped } = anthropicMessages.chat.encodeRequest(one)

        expect(dropped).toEqual([])
        expect(decodeWire(JSON.parse(JSON.stringify(body)))).toEqual(one)
      }),
      { numRuns: 300 },
    )
  })
})

const foreignState: OpaqueState = {
  ...{ kind: 'encrypted-content', data: 'enc', id: 'rs_1' },
  origin: { dialect: 'openai-responses', scope: 'o' },
}
const answerPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  text,
  reasoning,
  words.map(
    (said) => ({ type: 'reasoning', form: 'summary', text: said, state: [foreignState] }) as const,
  ),
  words.map((said) => ({ type: 'reasoning', form: 'summary', text: said }) as const),
  fc.constant({ type: 'reasoning', form: 'summary', text: '', state: [foreignState] } as const),
  input.map(
    (args) =>
      ({ type: 'tool-call', callId: 'c', name: 'f', kind: 'function', arguments: args }) as const,
  ),
)

describe('an answer', () => {
  it('comes back from its client as it was, with the state of every protocol', () => {
    fc.assert(
      fc.property(fc.array(answerPart, { minLength: 1, maxLength: 5 }), (content) => {
        const wire = anthropicMessages.chat.encodeResponse(
          { content, finish: { reason: 'stop' } },
          context,
        )
        const turn = { role: 'assistant', content: JSON.parse(textOf(wire)).content }
        const { messages: back } = decodeWire({ ...minimal, messages: [user('a'), turn] })

        expect(back[1]?.content).toEqual(content)
      }),
      { numRuns: 300 },
    )
  })

  it('is the same once it was streamed and decoded', () => {
    const plain = fc.oneof(text, reasoning)

    fc.assert(
      fc.property(fc.array(plain, { maxLength: 5 }), (content) => {
        const parts = content.flatMap((part, at): readonly StreamPart[] => {
          const id = `b${at}`
          return part.type === 'text'
            ? [
                { type: 'text-start', id },
                { type: 'text-delta', id, text: part.text },
                { type: 'text-end', id },
              ]
            : [
                { type: 'reasoning-start', id, form: 'summary' },
                { type: 'reasoning-delta', id, text: part.text },
                { type: 'reasoning-end', id, state: part.state },
              ]
        })
        const stream = encode([{ type: 'start' }, ...parts, { type: 'finish', reason: 'length' }])

        expect(collected(decode(stream))).toMatchObject({ content, finish: { reason: 'length' } })
      }),
      { numRuns: 200 },
    )
  })
})
