import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOpenAIChat } from '../../src/index.ts'
import { bytes, chunk, start, stop } from '../support/bytes.ts'

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a', '"', '\\', '<think>', '</think>', '\n', '","role":"'),
)
const delta = fc.oneof(
  { weight: 8, arbitrary: piece.map((content) => ({ content })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { reasoning_content: 'hm' },
      { content: 'x', reasoning_content: 'hm' },
      { content: 'x', refusal: 'no' },
      { role: 'assistant', content: 'x' },
      { content: null },
    ),
  },
)

function decodeAll(chunks: readonly object[], thinkTags: boolean) {
  const decoder = createOpenAIChat({ reasoning: { thinkTags } }).chat.streamDecoder('sse')
  return [start, ...chunks, stop].flatMap((value) =>
    decoder.push(bytes(`data: ${JSON.stringify(value)}\n\n`)),
  )
}

it('reads chunks that are alike as it reads chunks that are not', () => {
  fc.assert(
    fc.property(fc.array(delta, { maxLength: 40 }), fc.boolean(), (deltas, thinkTags) => {
      const alike = deltas.map((value) => chunk(value))
      const unlike = alike.map((value, number) => ({ number, ...value, behind: number }))

      expect(decodeAll(alike, thinkTags)).toEqual(decodeAll(unlike, thinkTags))
    }),
  )
})
