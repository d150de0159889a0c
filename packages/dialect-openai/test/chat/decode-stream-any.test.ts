import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { chunk, decode, sse, stop } from '../support/bytes.ts'

describe('any stream', () => {
  const delta = fc.oneof(
    fc.record({ content: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)) }),
    fc.record({ reasoning_content: fc.string() }),
    fc.record({ refusal: fc.string() }),
    fc.record({
      tool_calls: fc.array(
        fc.record({
          index: fc.nat(2),
          id: fc.constantFrom('a', 'b', ''),
          function: fc.record({ name: fc.constantFrom('f', ''), arguments: fc.string() }),
        }),
      ),
    }),
    fc.record({ x: fc.jsonValue({ maxDepth: 1 }), content: fc.jsonValue({ maxDepth: 1 }) }),
  )

  it('gives well-formed parts, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(delta), fc.boolean(), (deltas, finished) => {
        const parts = decode(sse(...deltas.map((one) => chunk(one)), ...(finished ? [stop] : [])))

        expect(problemsOf(parts)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same parts wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(delta), fc.array(fc.nat(2000)), (deltas, cuts) => {
        const stream = sse(...deltas.map((one) => chunk(one)), stop)
        const inside = cuts.filter((cut) => cut < Buffer.byteLength(stream))

        expect(decode(stream, { cuts: inside })).toEqual(decode(stream))
      }),
      { numRuns: 200 },
    )
  })

  it('never throws at bytes that are no stream', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(decode(noise).at(-1)?.type).toBe('error')
      }),
    )
  })
})
