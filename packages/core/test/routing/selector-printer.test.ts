import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CallParameters, reasoningEfforts, verbosities } from '../../src/chat/parameters.ts'
import {
  formatSelector,
  type LeafAnnotations,
  type LeafSelector,
  parseSelector,
  type Selector,
} from '../../src/routing/selector.ts'
import { context, parse, parseLeaf, withoutColumns } from './selector-context.ts'

const positiveInteger = fc.integer({ min: 1, max: 999_999_999 })
const milliseconds = fc.integer({ min: 0, max: 86_400_000 })

const idCharacter = fc.oneof(
  fc.constantFrom(...'!|^?[]%,&:/=.+@#~ aZ09-_'),
  fc.constantFrom('%21', '%zz', '[1m]', 'é', '语', '😀', '\u200d'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
)

const id = fc
  .array(idCharacter, { minLength: 1, maxLength: 12 })
  .map((characters) => characters.join(''))
  .filter((text) => text.isWellFormed() && !/\p{Cc}|[^\S ]/u.test(text))

const prefix = fc.constantFrom('', 'openai:', 'openai.x:', 'alias:', 'openai/', 'ft:', 'vendor/')
const modelId = fc.tuple(prefix, id).map((parts) => parts.join(''))

const parameters: fc.Arbitrary<CallParameters> = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    topP: fc.double({ min: 0, max: 1, noNaN: true }),
    topK: positiveInteger,
    reasoningEffort: fc.constantFrom(...reasoningEfforts),
    verbosity: fc.constantFrom(...verbosities),
    maxOutputTokens: positiveInteger,
  },
  { requiredKeys: [] },
)

const limits = {
  maxContext: positiveInteger,
  connectTimeoutMs: milliseconds,
  ttftTimeoutMs: milliseconds,
  idleTimeoutMs: milliseconds,
  totalTimeoutMs: milliseconds,
}
const annotations = {
  leaf: fc.record(limits, { requiredKeys: [] }),
  fallback: fc.record(limits, { requiredKeys: [] }),
  weighted: fc.record({ ...limits, weight: positiveInteger }, { requiredKeys: [] }),
  race: fc.record({ ...limits, handicapMs: milliseconds }, { requiredKeys: [] }),
} satisfies Record<Selector['kind'], fc.Arbitrary<LeafAnnotations>>

type Address = Pick<LeafSelector, 'backend' | 'target' | 'model' | 'vendorBackend' | 'inner'>

const bare = fc.tuple(modelId, fc.boolean()).map(([model, hidden]): Address => {
  const known = model.startsWith('openai/') && model !== 'openai/' && !hidden
  return { model, ...(known && { vendorBackend: 'openai' }) }
})

const explicit = fc.oneof(
  fc.record({ backend: fc.constantFrom('openai', 'qwen-oauth', 'hybrid'), model: modelId }),
  fc.record({ backend: fc.constant('openai'), target: id, model: modelId }),
)

function pair(inner: fc.Arbitrary<Selector>): fc.Arbitrary<Address> {
  return fc.tuple(inner, inner).map(([first, second]) => ({
    backend: 'hybrid',
    model: `[${formatSelector(first, context)},${formatSelector(second, context)}]`,
    inner: [first, second],
  }))
}

function leafOf(address: fc.Arbitrary<Address>, kind: Selector['kind']) {
  return fc
    .tuple(address, annotations[kind], parameters)
    .map(([where, written, set]): LeafSelector => {
      return { kind: 'leaf', ...where, annotations: written, parameters: set, column: 0 }
    })
}

function selectorOf(address: fc.Arbitrary<Address>): fc.Arbitrary<Selector> {
  const composites = (['fallback', 'weighted', 'race'] as const).map((kind) =>
    fc
      .array(leafOf(address, kind), { minLength: 2, maxLength: 4 })
      .map((leaves): Selector => ({ kind, leaves })),
  )
  return fc.oneof(leafOf(address, 'leaf'), ...composites)
}

const flat = selectorOf(fc.oneof(bare, explicit))
const selectors = selectorOf(fc.oneof(bare, explicit, pair(flat)))

describe('formatSelector', () => {
  it('prints what parses to the same selector', () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const text = formatSelector(selector, context)

        expect(withoutColumns(parse(text))).toEqual(selector)
      }),
      { numRuns: 500 },
    )
  })

  it('prints one canonical text for every spelling, and parsing never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('|', '^', '!', '[', ']', '?', '&', ',', ':', '/', '.', '=', '%', ' ', 'a'),
      fc.constantFrom('openai:', 'hybrid:[', 'alias:', '[weight=2]', 'top_k=3', '%7C', 'a|b', 'é'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    )
    const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

    fc.assert(
      fc.property(texts, (text) => {
        const result = parseSelector(text, context)
        if (!result.ok) {
          expect(result.error.message).not.toBe('')
          expect(result.error.column).toBeGreaterThanOrEqual(1)
          expect(result.error.column).toBeLessThanOrEqual(text.length + 1)
          return
        }
        const canonical = formatSelector(result.selector, context)
        const again = parse(canonical)

        expect(withoutColumns(again)).toEqual(withoutColumns(result.selector))
        expect(formatSelector(again, context)).toBe(canonical)
      }),
      { numRuns: 800 },
    )
  })

  it.each([
    ['openai:gpt-4o'],
    ['openai.2:gpt-4o'],
    ['internlm/internlm2.5-latest'],
    ['llama3:8b'],
    ['[weight=3,max_context=32000]openai:gpt-4o-mini^[weight=1]anthropic:claude-sonnet-4'],
    ['[first=1]a^b'],
    ['[handicap=0.25,ttft_timeout=5]a!b'],
    ['a?temperature=0.2&top_p=0.9&top_k=4&reasoning_effort=high&verbosity=low'],
    ['hybrid:[minimax:MiniMax-M2?temperature=0.8,a|b]'],
  ])('keeps a canonical text: %s', (text) => {
    expect(formatSelector(parse(text), context)).toBe(text)
  })

  it.each([
    [' a |  b', 'a|b'],
    ['[max_context=5][weight=2]a^b', '[weight=2,max_context=5]a^b'],
    ['[ first = true ]a^b', '[first=1]a^b'],
    ['a?top_k=007&temperature=.50', 'a?temperature=0.5&top_k=7'],
    ['claude-opus-4-8[1m]', 'claude-opus-4-8%5B1m%5D'],
    ['a%62c%21', 'abc%21'],
    ['100%', '100%25'],
    ['hybrid:[ a , b ]', 'hybrid:[a,b]'],
  ])('prints %s as %s', (text, expected) => {
    expect(formatSelector(parse(text), context)).toBe(expected)
  })

  it('hides a prefix only where the configuration would see one', () => {
    const hidden = parseLeaf('openai%3Agpt-4o')

    expect(formatSelector(hidden, context)).toBe('openai%3Agpt-4o')
    expect(formatSelector(hidden)).toBe('openai:gpt-4o')
    expect(formatSelector(parseLeaf('alias%3Ax'))).toBe('alias%3Ax')
    expect(formatSelector(parseLeaf('openai%2Fgpt-4o'), context)).toBe('openai%2Fgpt-4o')
  })
})
