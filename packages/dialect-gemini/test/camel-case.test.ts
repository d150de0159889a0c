import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { camelCased, camelName, snakeName } from '../src/camel-case.ts'

describe('spelling', () => {
  it('is camelCase at every level', () => {
    expect(camelCased({ a_b: [{ c_d: { e_f: 1 } }], g: { h_2: 'x_y' } })).toEqual({
      aB: [{ cD: { eF: 1 } }],
      g: { h2: 'x_y' },
    })
  })

  it('leaves what belongs to clients and tools', () => {
    const value = {
      functionCall: { args: { my_arg: { in_ner: 1 } } },
      labels: { my_label: 'x' },
      parametersJsonSchema: { properties: { my_arg: {} } },
      _private: 1,
    }

    expect(camelCased(value)).toBe(value)
    expect(camelCased({ function_call: { args: { my_arg: 1 } } })).toEqual({
      functionCall: { args: { my_arg: 1 } },
    })
  })

  it('has one of two spellings', () => {
    expect(camelCased({ top_k: 1, topK: 2 })).toEqual({ topK: 2 })
    expect(camelCased({ topK: null, top_k: 1 })).toEqual({ topK: 1 })
  })

  it('goes back and forth', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,4}([A-Z][a-z]{0,4}){0,3}$/), (name) => {
        expect(camelName(snakeName(name))).toBe(name)
      }),
    )
  })
})
