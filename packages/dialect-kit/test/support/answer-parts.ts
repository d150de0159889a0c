import type { StreamPart, Usage } from '@jackfield/core'
import fc from 'fast-check'

/** A piece of an answer before its blocks have ids. */
export type Piece = (id: string) => StreamPart[]

/** What a protocol's answers are made of. */
export interface AnswerPieces {
  readonly start: fc.Arbitrary<StreamPart>
  readonly piece: fc.Arbitrary<Piece>
  readonly usage: fc.Arbitrary<Usage>
  readonly ending: fc.Arbitrary<StreamPart>
}

/** Legal answers of up to six pieces. One that calls tools and does not fail ends for that. */
export function answerOf({
  start,
  piece,
  usage,
  ending,
}: AnswerPieces): fc.Arbitrary<StreamPart[]> {
  return fc
    .tuple(start, fc.array(piece, { maxLength: 6 }), fc.option(usage), ending)
    .map(([first, pieces, counted, last]) => {
      const content = pieces.flatMap((make, index) => make(`b${index}`))
      const called = content.some(({ type }) => type === 'tool-call-start')
      return [
        first,
        ...content,
        ...(counted === null ? [] : [{ type: 'usage', usage: counted } as const]),
        called && last.type === 'finish' ? { type: 'finish', reason: 'tool-calls' } : last,
      ]
    })
}

/** The same parts in batches. Cuts may be any numbers. */
export function batched(parts: readonly StreamPart[], cuts: readonly number[]): StreamPart[][] {
  const inside = cuts.map((cut) => cut % (parts.length + 1)).toSorted((one, other) => one - other)
  const places = [0, ...inside, parts.length]
  return places.slice(1).map((end, index) => parts.slice(places[index], end))
}
