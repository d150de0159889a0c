import type { StreamPart, WireResponse } from '@jackfield/core'
import { delivering, type Mutant, withBodies, withParts, withResults } from './mutate.ts'

type Parts = readonly StreamPart[]

const stateless = (change: (part: StreamPart) => Parts) => () => (parts: Parts) =>
  parts.flatMap(change)
const isStream = ({ framing }: WireResponse): boolean => framing === 'sse'

/** Defects in what becomes of a provider's answer. */
export const answerMutants: readonly Mutant[] = [
  withParts(
    'finishes twice',
    stateless((part) => (part.type === 'finish' ? [part, part] : [part])),
    ['streams.one-finish'],
  ),
  withParts(
    'never ends a block of text',
    stateless((part) => (part.type === 'text-end' ? [] : [part])),
    ['streams.part-order'],
  ),
  withParts(
    'tells the beginning twice',
    stateless((part) => (part.type === 'start' ? [part, part] : [part])),
    ['streams.part-order'],
  ),
  withParts(
    'leaves out tabs',
    stateless((part) =>
      part.type === 'text-delta' ? [{ ...part, text: part.text.replaceAll('\t', '') }] : [part],
    ),
    ['answers.text'],
  ),
  withParts(
    'says that every answer came to its end',
    stateless((part) =>
      part.type === 'finish' && part.reason === 'length' ? [{ ...part, reason: 'stop' }] : [part],
    ),
    ['answers.finish'],
  ),
  withParts(
    'leaves out reasoning',
    stateless((part) => (part.type.startsWith('reasoning') ? [] : [part])),
    ['answers.reasoning'],
  ),
  withParts(
    'makes up ids of tool calls',
    stateless((part) =>
      part.type === 'tool-call-start' ? [{ ...part, callId: `call-${part.name}` }] : [part],
    ),
    ['answers.tool-calls'],
  ),
  withParts(
    'does not count what came from a cache',
    stateless((part) => {
      if (part.type !== 'usage') return [part]
      const { cachedInputTokens: _, ...usage } = part.usage
      return [{ ...part, usage }]
    }),
    ['usage.accounted'],
  ),
  withParts('keeps what a stream costs to itself until its end', () => {
    let held: Parts = []
    return (parts) => {
      held = [...held, ...parts.filter(({ type }) => type === 'usage')]
      const others = parts.filter(({ type }) => type !== 'usage')
      const end = others.findIndex(({ type }) => type === 'finish')
      return end < 0 ? others : [...others.slice(0, end), ...held.slice(-1), ...others.slice(end)]
    }
  }, ['usage.cut-after-told']),
  withBodies(
    'takes every read for whole characters',
    (body, response) =>
      response.framing === 'opaque'
        ? {}
        : delivering(body, (receiver) => ({
            data: (chunk) => receiver.data(Buffer.from(Buffer.from(chunk).toString())),
          })),
    ['boundaries.byte-by-byte', 'boundaries.two-reads'],
  ),
  withBodies(
    'knows no lines that end with CR',
    (body, response) =>
      isStream(response)
        ? delivering(body, (receiver) => ({
            data: (chunk) => receiver.data(Buffer.from(chunk).filter((byte) => byte !== 13)),
          }))
        : {},
    ['boundaries.cr'],
  ),
  withParts(
    'knows no other reasons to finish than its own',
    stateless((part) => {
      if (part.type === 'finish' && part.raw === 'sunset') throw new Error('unknown reason')
      return [part]
    }),
    ['tolerance.unknown-finish-reason'],
  ),
  withResults(
    'is not content with a stream when it wants none',
    (result, request) =>
      'ok' in result && request.framing === 'json' && isStream(result.ok)
        ? { ok: { ...result.ok, framing: 'opaque' } }
        : result,
    ['faults.events-for-unary'],
  ),
  withBodies(
    'takes a lost connection for an end',
    (body, response) =>
      isStream(response) ? delivering(body, (receiver) => ({ fail: () => receiver.end() })) : {},
    [
      'faults.cut-before-first-part',
      'faults.stall-before-first-part',
      'faults.stall-before-first-part/after-prelude',
      'lifecycle.open-answer',
    ],
  ),
]
