import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLegalName, legalCallId, madeUpCallId } from '../../src/index.ts'

const rule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 }

describe('ids of calls', () => {
  it('that are legal stay', () => {
    expect(legalCallId('call_1-A', rule)).toBe('call_1-A')
  })

  it('that are not become legal, and always the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (id) => {
        expect(isLegalName(legalCallId(id, rule), rule)).toBe(true)
        expect(legalCallId(id, rule)).toBe(legalCallId(id, rule))
      }),
    )
  })

  it('that look alike stay apart', () => {
    const ids = ['a.b', 'a b', 'a_b', 'a:b', `${'x'.repeat(64)}1`, `${'x'.repeat(64)}2`]

    expect(new Set(ids.map((id) => legalCallId(id, rule))).size).toBe(ids.length)
  })
})

describe('made up ids', () => {
  it('come from the answer: the same answer gives the same', () => {
    const id = madeUpCallId('resp/1', 5)

    expect([id(0), id(1)]).toEqual(['call_resp1_0', 'call_resp1_1'])
    expect(madeUpCallId('resp/1', 5)(1)).toBe(id(1))
  })

  it('come from its time where it has no id', () => {
    expect(madeUpCallId('', 5)(0)).toBe('call_5_0')
  })

  it('are random where it has neither, but one family', () => {
    const id = madeUpCallId(undefined, null)

    expect(id(0).slice(0, -1)).toBe(id(1).slice(0, -1))
    expect(madeUpCallId(undefined, null)(0)).not.toBe(id(0))
    expect(id(0).length).toBeLessThanOrEqual(64)
  })
})
