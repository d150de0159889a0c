import { describe, expect, it } from 'vitest'
import type { ReasoningPart, TextPart } from '../../src/chat/content.ts'
import { placeReasoning } from '../../src/state/place-reasoning.ts'

const text = (said: string, more: Partial<TextPart> = {}): TextPart => ({
  type: 'text',
  text: said,
  ...more,
})
const thought = (name: string): ReasoningPart => ({ type: 'reasoning', form: 'raw', text: name })
const kept = (name: string, after: number) => ({ part: thought(name), after })
const refusal = { type: 'refusal', text: 'No' } as const

describe('reasoning that comes back', () => {
  it.each([
    ['to nothing that was said', [], [kept('a', 0)], [thought('a')]],
    ['before all of it', [text('xy')], [kept('a', 0)], [thought('a'), text('xy')]],
    ['behind all of it', [text('xy')], [kept('a', 2)], [text('xy'), thought('a')]],
    ['between parts', [text('x'), text('y')], [kept('a', 1)], [text('x'), thought('a'), text('y')]],
    ['into a part', [text('xy')], [kept('a', 1)], [text('x'), thought('a'), text('y')]],
    [
      'twice into a part',
      [text('xyz')],
      [kept('a', 1), kept('b', 2)],
      [text('x'), thought('a'), text('y'), thought('b'), text('z')],
    ],
    [
      'in its order where nothing was said between',
      [text('xy')],
      [kept('a', 1), kept('b', 1), kept('c', 2)],
      [text('x'), thought('a'), thought('b'), text('y'), thought('c')],
    ],
    ['behind text that was shortened', [text('x')], [kept('a', 9)], [text('x'), thought('a')]],
    ['before what is no text', [refusal], [kept('a', 0)], [thought('a'), refusal]],
  ] as const)('goes %s', (_, said, blocks, expected) => {
    expect(placeReasoning(said, blocks)).toEqual(expected)
  })

  it('does not part a text with state of its own', () => {
    const signed = text('xy', { state: [{ kind: 'thought-signature', data: 's' }] })

    expect(placeReasoning([signed], [kept('a', 1)])).toEqual([thought('a'), signed])
  })

  it('leaves the cache mark of a parted text at its end', () => {
    const marked = text('xy', { cache: { ttl: '1h' } })

    expect(placeReasoning([marked], [kept('a', 1)])).toEqual([
      text('x'),
      thought('a'),
      text('y', { cache: { ttl: '1h' } }),
    ])
  })
})
