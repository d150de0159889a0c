import type { StreamPart, Usage } from '@jackfield/core'
import { GatewayError } from '@jackfield/core'
import fc from 'fast-check'
import { answerOf, type Piece } from '../../../dialect-kit/test/support/answer-parts.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 8 })

const textBlock: fc.Arbitrary<Piece> = fc
  .array(text, { maxLength: 3 })
  .map((deltas) => (id) => [
    { type: 'text-start', id },
    ...deltas.map((delta) => ({ type: 'text-delta', id, text: delta }) as const),
    { type: 'text-end', id },
  ])

const reasoningBlock: fc.Arbitrary<Piece> = fc
  .tuple(fc.array(text), fc.boolean())
  .map(([deltas, signed]) => (id) => [
    { type: 'reasoning-start', id, form: 'raw' },
    ...deltas.map((delta) => ({ type: 'reasoning-delta', id, text: delta }) as const),
    {
      type: 'reasoning-end',
      id,
      ...(signed
        ? {
            state: [
              { kind: 'reasoning-details', data: [{ type: 'reasoning.encrypted', data: 'X' }] },
            ],
          }
        : {}),
    },
  ])

const call: fc.Arbitrary<Piece> = fc
  .record({ kind: fc.constantFrom('function', 'custom'), deltas: fc.array(text, { maxLength: 3 }) })
  .map(({ kind, deltas }) => (id) => [
    { type: 'tool-call-start', id, callId: `call_${id}`, name: 'f', kind },
    ...deltas.map((delta) => ({ type: 'tool-call-delta', id, arguments: delta }) as const),
    { type: 'tool-call-end', id },
  ])

const whole: fc.Arbitrary<Piece> = fc
  .constantFrom<StreamPart>(
    { type: 'refusal', text: 'no' },
    { type: 'source', citation: { url: 'https://x.test' } },
    { type: 'source', citation: { quote: 'only quoted' } },
    { type: 'file', file: { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } },
    {
      type: 'file',
      file: { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA' } },
    },
    { type: 'file', file: { type: 'video', source: { kind: 'url', url: 'https://x.test/a.mp4' } } },
    {
      type: 'provider',
      part: { type: 'provider', dialect: 'openai-chat', value: { audio: { data: 'AA' } } },
    },
    { type: 'provider', part: { type: 'provider', dialect: 'gemini', value: { code: 'x' } } },
  )
  .map((part) => () => [part])

const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    cachedInputTokens: fc.nat(),
    reasoningTokens: fc.nat(),
  },
  { requiredKeys: [] },
)

const start: fc.Arbitrary<StreamPart> = fc.record(
  {
    type: fc.constant('start' as const),
    id: fc.constant('id-1'),
    model: fc.constant('m "1"'),
    created: fc.constant(5),
    extensions: fc.constant({ 'openai-chat': { system_fingerprint: 'fp', x_groq: { id: 'x' } } }),
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
