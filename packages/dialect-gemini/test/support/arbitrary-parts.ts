import type { OpaqueState, StreamPart, Usage } from '@jackfield/core'
import { GatewayError } from '@jackfield/core'
import fc from 'fast-check'
import { answerOf, type Piece } from '../../../dialect-kit/test/support/answer-parts.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })

const state: fc.Arbitrary<readonly OpaqueState[]> = fc.constantFrom<readonly OpaqueState[]>(
  [],
  [{ kind: 'thought-signature', data: 'U0lH' }],
  [{ kind: 'signature', data: 'x', origin: { dialect: 'anthropic-messages', scope: 's' } }],
  [
    { kind: 'encrypted-content', data: 'x', id: 'rs_1', origin: { dialect: 'openai', scope: 's' } },
    { kind: 'thought-signature', data: 'U0lH', origin: { dialect: 'gemini', scope: 's' } },
  ],
)

const withState = (own: readonly OpaqueState[]) => (own.length === 0 ? {} : { state: own })

const textBlock: fc.Arbitrary<Piece> = fc
  .tuple(fc.array(text, { maxLength: 3 }), state)
  .map(([deltas, own]) => (id) => [
    { type: 'text-start', id },
    ...deltas.map((delta) => ({ type: 'text-delta', id, text: delta }) as const),
    { type: 'source', id, citation: { url: 'https://x.test', title: 'x', start: 0, end: 1 } },
    { type: 'text-end', id, ...withState(own) },
  ])

const reasoningBlock: fc.Arbitrary<Piece> = fc
  .tuple(fc.array(text), state)
  .map(([deltas, own]) => (id) => [
    { type: 'reasoning-start', id, form: 'summary' },
    ...deltas.map((delta) => ({ type: 'reasoning-delta', id, text: delta }) as const),
    { type: 'reasoning-end', id, ...withState(own) },
  ])

const call: fc.Arbitrary<Piece> = fc
  .tuple(fc.constantFrom<'function' | 'custom'>('function', 'custom'), fc.nat(20), state)
  .map(([kind, cut, own]) => (id) => {
    const whole = '{"größe": [1, "x"]}'
    return [
      { type: 'tool-call-start', id, callId: `call_${id}`, name: 'f', kind },
      { type: 'tool-call-delta', id, arguments: whole.slice(0, cut) },
      { type: 'tool-call-delta', id, arguments: whole.slice(cut) },
      { type: 'tool-call-end', id, ...withState(own) },
    ]
  })

const whole: fc.Arbitrary<Piece> = fc
  .constantFrom<StreamPart>(
    { type: 'refusal', text: 'no' },
    { type: 'source', citation: { url: 'https://x.test' } },
    { type: 'source', citation: { quote: 'only quoted' } },
    { type: 'file', file: { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } },
    {
      type: 'file',
      file: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
    },
    {
      type: 'file',
      file: { type: 'file', source: { kind: 'file-id', dialect: 'openai', id: 'file-1' } },
    },
    {
      type: 'provider',
      part: { type: 'provider', dialect: 'gemini', value: { executableCode: { code: 'x' } } },
    },
    { type: 'provider', part: { type: 'provider', dialect: 'openai', value: { code: 'x' } } },
  )
  .map((part) => () => [part])

const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: fc.nat(),
    outputTokens: fc.integer({ min: 100, max: 1000 }),
    cachedInputTokens: fc.nat(),
    reasoningTokens: fc.nat(100),
  },
  { requiredKeys: ['outputTokens'] },
)

const start: fc.Arbitrary<StreamPart> = fc.record(
  {
    type: fc.constant('start' as const),
    id: fc.constant('id-1'),
    model: fc.constant('m "1"'),
    created: fc.constant(5),
    extensions: fc.constant({ gemini: { createTime: '2026-01-01T00:00:00Z' } }),
  },
  { requiredKeys: ['type'] },
)

const ending: fc.Arbitrary<StreamPart> = fc.oneof(
  fc
    .constantFrom('stop', 'length', 'content-filter', 'pause', 'error', 'other')
    .map((reason) => ({ type: 'finish', reason }) as const),
  fc.constant({ type: 'error', error: new GatewayError('upstream_error', 'broken') } as const),
)

/** A legal answer in parts, of any content; `error` may end it. */
export const answer: fc.Arbitrary<StreamPart[]> = answerOf({
  start,
  piece: fc.oneof(textBlock, reasoningBlock, call, whole),
  usage,
  ending,
})
