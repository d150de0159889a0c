import type { JsonValue, OpaqueState, StateOrigin } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPacked, packStates, unpackStates } from '../../src/index.ts'

const origin: fc.Arbitrary<StateOrigin> = fc.record({ dialect: fc.string(), scope: fc.string() })

const state: fc.Arbitrary<OpaqueState> = fc.record(
  {
    kind: fc.constantFrom(
      'signature',
      'redacted-thinking',
      'thought-signature',
      'encrypted-content',
      'reasoning-details',
    ),
    data: fc.jsonValue({ noUnicodeString: false }).map((value) => value as JsonValue),
    id: fc.string({ unit: 'binary' }),
    origin,
  },
  { requiredKeys: ['kind', 'data'] },
)

const states = fc.array(state, { maxLength: 4 })

/** JSON has no negative zero. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('packed state', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(states, (list) => {
        expect(unpackStates(packStates(list))).toEqual(asJson(list))
      }),
    )
  })

  it('is valid base64 that survives decoding and encoding, in either alphabet, with or without padding', () => {
    fc.assert(
      fc.property(states, (list) => {
        const packed = packStates(list)
        const raw = Buffer.from(packed, 'base64')

        expect(packed).toMatch(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
        expect(raw.toString('base64')).toBe(packed)
        expect(unpackStates(raw.toString('base64url'))).toEqual(asJson(list))
      }),
    )
  })

  it('can be told from everything else, which never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isPacked(text)).toBe(false)
        expect(unpackStates(text)).toBeUndefined()
      }),
    )
  })

  it('is nothing where it was cut or changed', () => {
    const packed = packStates([{ kind: 'signature', data: 'abc' }])

    fc.assert(
      fc.property(fc.nat(packed.length - 5), fc.string(), (cut, rest) => {
        const text = packed.slice(0, cut)

        expect(unpackStates(text)).toBeUndefined()
        expect(() => unpackStates(packed.slice(0, 12) + rest)).not.toThrow()
      }),
    )
  })

  it.each<[string, unknown]>([
    ['no list', {}],
    ['no object', [1]],
    ['no kind', [{ d: 1 }]],
    ['an unknown kind', [{ k: 'other', d: 1 }]],
    ['no data', [{ k: 'signature' }]],
    ['an id that is no text', [{ k: 'signature', d: 1, i: 1 }]],
    ['half an origin', [{ k: 'signature', d: 1, o: ['a'] }]],
    ['an origin that is no list', [{ k: 'signature', d: 1, o: 'a' }]],
  ])('is nothing where it holds %s', (_, content) => {
    const text = `jackfieldSt1${Buffer.from(JSON.stringify(content)).toString('base64')}`

    expect(isPacked(text)).toBe(true)
    expect(unpackStates(text)).toBeUndefined()
  })
})
