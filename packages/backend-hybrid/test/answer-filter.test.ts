import type { StreamPart } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../dialect-kit/test/support/part-grammar.ts'
import { AnswerFilter } from '../src/answer-filter.ts'
import { batchesOf, partsOf, type Said } from './support/parts.ts'

function filtered(...batches: readonly (readonly StreamPart[])[]): readonly StreamPart[] {
  const filter = new AnswerFilter()
  return batches.flatMap((batch) => filter.filter(batch))
}

const said = (...pieces: readonly Said[]) => filtered(...batchesOf(pieces))

function textOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
}

describe('what a client sees of an answer behind a thought', () => {
  it('is the answer without the reasoning of its own', () => {
    const parts = said({ reasoning: 'hm' }, { sealed: [] }, { text: 'Hello.' }, { end: 'stop' })

    expect(parts.filter(({ type }) => type.startsWith('reasoning'))).toEqual([])
    expect(textOf(parts)).toBe('Hello.')
  })

  it('has the very parts of an answer without tags', () => {
    const parts = partsOf(
      { text: 'a ' },
      { text: 'b' },
      { call: 'x' },
      { usage: {} },
      { end: 'stop' },
    )
    const seen = filtered(parts)

    expect(seen).toEqual(parts)
    expect(seen.every((part, at) => part === parts[at])).toBe(true)
  })

  it('touches no arguments of tools', () => {
    const parts = partsOf({ call: 'x' }, { end: 'tool-calls' })

    expect(JSON.stringify(filtered(parts))).toContain('<think>x</think>')
  })

  it.each([
    ['<think>a</think>b', 'b'],
    ['<think>a</think>\n\n b', 'b'],
    ['a <reasoning kind="x">b</reasoning> c', 'a  c'],
    ['a<think>b</think>c<thinking>d</thinking>e', 'ace'],
    ['<think>a <reasoning>b</reasoning> c</think>d', 'd'],
    ['a <think>b', 'a <think>b'],
    ['a <think>b</reason>', 'a <think>b</reason>'],
    ['a </think> b', 'a </think> b'],
    ['a <thin', 'a <thin'],
    ['<think>a</think>', ''],
    ['`x < y`', '`x < y`'],
  ])('of %j is %j, wherever it is cut', (text, seen) => {
    for (let one = 0; one <= text.length; one += 1) {
      for (let two = one; two <= text.length; two += 1) {
        const pieces = [text.slice(0, one), text.slice(one, two), text.slice(two)]
        const parts = said(...pieces.map((piece) => ({ text: piece })), { end: 'stop' })

        expect(textOf(parts)).toBe(seen)
      }
    }
  })

  it('comes as soon as it is certain', () => {
    const filter = new AnswerFilter()
    const pass = (...pieces: readonly Said[]) => textOf(filter.filter(partsOf(...pieces)))

    expect(pass({ text: 'a < b and <th' })).toBe('a < b and ')
    const open: StreamPart = { type: 'text-delta', id: 'b1', text: 'ese' }
    expect(textOf(filter.filter([open]))).toBe('<these')
  })

  it('comes whole where an open tag is what the answer is about', () => {
    const text = `Write <think> and then ${'x'.repeat(20_000)}`
    const filter = new AnswerFilter()
    const early = textOf(filter.filter(partsOf({ text })))

    expect(early).toBe(text)
    expect(textOf(filter.filter([{ type: 'text-delta', id: 'b1', text: '</think>' }]))).toBe(
      '</think>',
    )
  })

  it('keeps texts apart: a tag of one is not closed in another', () => {
    const parts = said({ text: '<think>a' }, { call: 'x' }, { text: 'b</think>c' }, { end: 'stop' })

    expect(textOf(parts)).toBe('<think>ab</think>c')
  })

  it('loses places in a text of which something is missing', () => {
    const citation = { url: 'https://example.com', start: 3, end: 9 }
    const delta = (text: string): StreamPart => ({ type: 'text-delta', id: 't', text })
    const source: StreamPart = { type: 'source', id: 't', citation }
    const start: StreamPart = { type: 'text-start', id: 't' }

    expect(filtered([start, delta('whole'), source])[2]).toBe(source)
    expect(filtered([start, delta('<think>x</think>cut'), source])[2]).toEqual({
      ...source,
      citation: { url: 'https://example.com' },
    })
  })
})

it('keeps to the grammar of parts, and loses no more than spans, whatever is said', () => {
  const piece = fc.oneof(
    fc.record({ text: fc.constantFrom('a', ' ', '<think>', '</think>', '<', 'think', '>') }),
    fc.record({ reasoning: fc.constant('r') }),
    fc.record({ call: fc.constant('x') }),
    fc.constant({ usage: {} }),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const parts = said(...pieces, { end: 'stop' })
      const spoken = pieces.map((one) => ('text' in one ? one.text : '')).join('')

      expect(problemsOf(parts)).toEqual([])
      if (!spoken.includes('</think>')) expect(textOf(parts)).toBe(spoken)
    }),
  )
})
