import type { Tool } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createToolNames, isLegalName, type NameRule } from '../../src/index.ts'

const openai: NameRule = { pattern: /^[A-Za-z0-9_-]{1,64}$/, maxLength: 64 }
const gemini: NameRule = { pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/, maxLength: 64 }

const tool = (name: string): Tool => ({ type: 'function', name })
const mapped = (names: readonly string[], rule = openai) => {
  const toolNames = createToolNames(names.map(tool), rule)
  return { sent: names.map((name) => toolNames.sent(name)), changes: toolNames.changes }
}

const anyName = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.stringMatching(/^[a-z._/-]{0,80}$/),
)
const anyRule = fc.constantFrom(openai, gemini, { ...openai, pattern: /[A-Za-z0-9_-]+/g })

describe('names of tools', () => {
  it('that are legal stay', () => {
    expect(mapped(['get_weather', 'a-b', 'A'])).toEqual({
      sent: ['get_weather', 'a-b', 'A'],
      changes: undefined,
    })
  })

  it('that are not stay readable, and can be told back', () => {
    const { sent, changes } = mapped(['files/read me', 'x'.repeat(70), '', '東京'])

    expect(sent).toEqual([
      expect.stringMatching(/^files_read_me_[0-9a-f]{10}$/),
      expect.stringMatching(/^x{53}_[0-9a-f]{10}$/),
      expect.stringMatching(/^n_[0-9a-f]{10}$/),
      expect.stringMatching(/^___[0-9a-f]{10}$/),
    ])
    expect(sent.map((name) => changes?.get(name))).toEqual([
      'files/read me',
      'x'.repeat(70),
      '',
      '東京',
    ])
  })

  it('begin as the protocol wants', () => {
    expect(mapped(['1st', 'a:b.c'], gemini).sent).toEqual([
      expect.stringMatching(/^n1st_[0-9a-f]{10}$/),
      'a:b.c',
    ])
  })

  it('are not taken from the tool that has them', () => {
    const [changed = ''] = mapped(['a b']).sent
    const { sent, changes } = mapped(['a b', changed])

    expect(sent[1]).toBe(changed)
    expect(sent[0]).not.toBe(changed)
    expect(changes).toEqual(new Map([[sent[0], 'a b']]))
  })

  it('of tools that are gone can still be sent', () => {
    const names = createToolNames([tool('a b')], openai)
    const before = names.sent('a b')
    const old = names.sent('old tool')

    expect(names.changes).toEqual(
      new Map([
        [before, 'a b'],
        [old, 'old tool'],
      ]),
    )
  })

  it('do not come from tools that the provider runs', () => {
    const names = createToolNames([{ type: 'provider', dialect: 'x', value: {} }], openai)

    expect(names.changes).toBeUndefined()
  })

  it('are legal, different for different names, and can be told back, whatever they are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 12 }), anyRule, (names, rule) => {
        const { sent, changes } = mapped(names, rule)

        expect(new Set(sent).size).toBe(names.length)
        expect(sent.filter((name) => !isLegalName(name, rule))).toEqual([])
        expect(sent.map((name) => changes?.get(name) ?? name)).toEqual(names)
        expect(names.map((name) => isLegalName(name, rule))).toEqual(
          names.map((name, index) => sent[index] === name),
        )
      }),
    )
  })

  it('are the same in every request', () => {
    fc.assert(
      fc.property(anyName, fc.array(anyName), (name, others) => {
        const [alone] = mapped([name]).sent
        const names = createToolNames([...others, name].map(tool), openai)

        expect(others.includes(alone ?? '') ? alone : names.sent(name)).toBe(alone)
      }),
    )
  })
})
