import type { OpaqueState, StreamPart, Usage } from '@jackfield/core'
import { GatewayError } from '@jackfield/core'
import fc from 'fast-check'
import { answerOf, type Piece } from '../../../dialect-kit/test/support/answer-parts.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })

const citation = fc.constantFrom(
  { url: 'https://x.test', title: 'X' },
  { quote: 'only quoted' },
  {
    raw: {
      dialect: 'anthropic-messages',
      value: { type: 'page_location', cited_text: 'q', document_index: 0 },
    },
  },
)

const textBlock: fc.Arbitrary<Piece> = fc
  .tuple(fc.array(text, { maxLength: 3 }), fc.array(citation, { maxLength: 2 }))
  .map(([deltas, citations]) => (id) => [
    { type: 'text-start', id },
    ...citations.slice(0, 1).map((one) => ({ type: 'source', id, citation: one }) as const),
    ...deltas.map((delta) => ({ type: 'text-delta', id, text: delta }) as const),
    ...citations.slice(1).map((one) => ({ type: 'source', id, citation: one }) as const),
    { type: 'text-end', id },
  ])

export const someState: fc.Arbitrary<OpaqueState> = fc.oneof(
  fc.record({ kind: fc.constant('signature' as const), data: fc.constant('c2ln') }),
  fc.record({ kind: fc.constant('redacted-thinking' as const), data: fc.constant('cmVk') }),
  fc.constant<OpaqueState>({
    kind: 'thought-signature',
    data: 'Z2Vt',
    origin: { dialect: 'gemini', scope: 'g' },
  }),
  fc.constant<OpaqueState>({
    kind: 'encrypted-content',
    data: 'enc',
    id: 'rs_1',
    origin: { dialect: 'openai-responses', scope: 'o' },
  }),
)

const reasoningBlock: fc.Arbitrary<Piece> = fc
  .tuple(fc.array(text, { maxLength: 3 }), fc.array(someState, { maxLength: 2 }))
  .map(([deltas, state]) => (id) => [
    { type: 'reasoning-start', id, form: 'summary' },
    ...deltas.map((delta) => ({ type: 'reasoning-delta', id, text: delta }) as const),
    { type: 'reasoning-end', id, ...(state.length === 0 ? {} : { state }) },
  ])

const args = fc.dictionary(fc.constantFrom('a', 'b'), text, { noNullPrototype: true })

const call: fc.Arbitrary<Piece> = fc
  .record({
    kind: fc.constantFrom('function' as const, 'custom' as const),
    value: args,
    cut: fc.nat(20),
    own: fc.boolean(),
  })
  .map(({ kind, value, cut, own }) => (id) => {
    const whole = JSON.stringify(value)
    const pieces = [whole.slice(0, cut), whole.slice(cut)]
    const extensions = { 'anthropic-messages': { caller: { type: 'direct' } } }
    return [
      {
        type: 'tool-call-start',
        id,
        callId: `call_${id}`,
        name: 'f',
        kind,
        ...(own ? { extensions } : {}),
      },
      ...pieces.map((piece) => ({ type: 'tool-call-delta', id, arguments: piece }) as const),
      { type: 'tool-call-end', id },
    ]
  })

/** Two calls whose pieces come mixed, as chat completions may send them. */
const mixedCalls: fc.Arbitrary<Piece> = fc.tuple(call, call).map(([one, other]) => (id) => {
  const left = one(`${id}x`)
  const right = other(`${id}y`)
  const ends = [left.at(-1), right.at(-1)].filter((part) => part !== undefined)
  const mixed = left.slice(0, -1).flatMap((part, at) => [part, ...right.slice(at, at + 1)])
  return [...mixed.filter((part) => part.type !== 'tool-call-end'), ...ends]
})

const whole: fc.Arbitrary<Piece> = fc
  .constantFrom<StreamPart>(
    { type: 'refusal', text: 'no' },
    { type: 'file', file: { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } },
    {
      type: 'file',
      file: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA' } },
    },
    {
      type: 'provider',
      part: {
        type: 'provider',
        dialect: 'anthropic-messages',
        value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { q: 'x' } },
      },
    },
    { type: 'provider', part: { type: 'provider', dialect: 'gemini', value: { code: 'x' } } },
  )
  .map((part) => () => [part])

const usage: fc.Arbitrary<Usage> = fc
  .record(
    {
      fresh: fc.nat(1000),
      outputTokens: fc.nat(1000),
      cachedInputTokens: fc.nat(1000),
      reasoningTokens: fc.nat(1000),
    },
    { requiredKeys: ['fresh', 'outputTokens'] },
  )
  .map(({ fresh, ...rest }) => ({ ...rest, inputTokens: fresh + (rest.cachedInputTokens ?? 0) }))

const start: fc.Arbitrary<StreamPart> = fc.record(
  {
    type: fc.constant('start' as const),
    id: fc.constant('id-1'),
    model: fc.constant('m "1"'),
    created: fc.constant(5),
    extensions: fc.constant({ 'anthropic-messages': { diagnostics: { cache: 1 } } }),
  },
  { requiredKeys: ['type'] },
)

const ending: fc.Arbitrary<StreamPart> = fc.oneof(
  fc
    .constantFrom('stop', 'length', 'content-filter', 'pause', 'error', 'other')
    .map((reason) => ({ type: 'finish', reason }) as const),
  fc.constant({ type: 'finish', reason: 'stop', stopSequence: 'END' } as const),
  fc.constant({ type: 'error', error: new GatewayError('upstream_error', 'broken') } as const),
)

/** A legal answer in parts, of any content; `error` may end it. */
export const answer: fc.Arbitrary<StreamPart[]> = answerOf({
  start,
  piece: fc.oneof(textBlock, reasoningBlock, call, mixedCalls, whole),
  usage,
  ending,
})
