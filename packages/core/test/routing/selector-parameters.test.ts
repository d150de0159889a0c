import { describe, expect, it } from 'vitest'
import { reasoningEfforts, verbosities } from '../../src/chat/parameters.ts'
import { parseSelector } from '../../src/routing/selector.ts'
import { context, parseComposite, parseLeaf, parseWarnings } from './selector-context.ts'

function parametersOf(text: string) {
  const result = parseSelector(text, context)
  return result.ok && result.selector.kind === 'leaf'
    ? result.selector.parameters
    : expect.unreachable()
}

describe('parameters', () => {
  it('are read from the published examples', () => {
    const { model, parameters } = parseLeaf('openai:gpt-4o?temperature=0.2&reasoning_effort=high')

    expect(model).toBe('gpt-4o')
    expect(parameters).toEqual({ temperature: 0.2, reasoningEffort: 'high' })
  })

  it('are all those that are documented', () => {
    const text =
      'a?temperature=2&top_p=1&top_k=40&reasoning_effort=max&verbosity=low&max_output_tokens=4096'

    expect(parseLeaf(text).parameters).toEqual({
      temperature: 2,
      topP: 1,
      topK: 40,
      reasoningEffort: 'max',
      verbosity: 'low',
      maxOutputTokens: 4096,
    })
  })

  it('belong to their leaf', () => {
    const { leaves } = parseComposite('a?temperature=0|b|c?top_k=1')

    expect(leaves.map(({ parameters }) => parameters)).toEqual([
      { temperature: 0 },
      {},
      { topK: 1 },
    ])
  })

  it.each(reasoningEfforts)('take reasoning_effort=%s', (reasoningEffort) => {
    expect(parseLeaf(`a?reasoning_effort=${reasoningEffort}`).parameters).toEqual({
      reasoningEffort,
    })
  })

  it.each(verbosities)('take verbosity=%s', (verbosity) => {
    expect(parseLeaf(`a?verbosity=${verbosity}`).parameters).toEqual({ verbosity })
  })

  it.each([
    ['temperature', ['-0.1', '2.1', 'warm', '', '1e1', '0x1', 'Infinity', '-', '.']],
    ['top_p', ['-1', '1.01', '']],
    ['top_k', ['0', '-1', '1.5', '']],
    ['reasoning_effort', ['maximum', 'HIGH', '']],
    ['verbosity', ['none', '']],
    ['max_output_tokens', ['0', '1000000000']],
  ])('drop an invalid %s with a warning', (name, values) => {
    for (const value of values) {
      const text = `openai:a?top_k=5&${name}=${value}`

      expect(parametersOf(text)).toEqual({ topK: 5 })
      expect(parseWarnings(text)).toEqual([
        {
          code: 'invalid_parameter',
          message: expect.stringContaining(`Ignored "${name}=${value}": ${name} must be `),
          column: 18,
        },
      ])
    }
  })

  it('drop an unknown one with a warning', () => {
    expect(parametersOf('a?seed=3&top_k=5')).toEqual({ topK: 5 })
    expect(parseWarnings('a?seed=3&top_k=5')).toEqual([
      {
        code: 'unknown_parameter',
        message:
          'Ignored "seed": there is no such parameter. Known are temperature, top_p, top_k, reasoning_effort, verbosity, max_output_tokens.',
        column: 3,
      },
    ])
  })

  it('without a value are dropped', () => {
    expect(parseWarnings('a|b?temperature')).toMatchObject([
      { code: 'invalid_parameter', column: 5 },
    ])
  })

  it('count in their last valid form if given twice', () => {
    expect(parseLeaf('a?temperature=0.1&temperature=0.9').parameters).toEqual({ temperature: 0.9 })
    expect(parametersOf('a?temperature=0.1&temperature=9')).toEqual({ temperature: 0.1 })
  })

  it('may be empty', () => {
    expect(parseLeaf('a?').parameters).toEqual({})
    expect(parseLeaf('a?&top_k=1&').parameters).toEqual({ topK: 1 })
  })

  it('start at the first question mark and are percent-decoded', () => {
    expect(parseLeaf('a%3Fb?top%5Fk=%35').parameters).toEqual({ topK: 5 })
    expect(parseWarnings('a?verbosity=low?top_k=1')).toMatchObject([
      { message: expect.stringContaining('"verbosity=low?top_k=1"') },
    ])
  })

  it('warn at most twenty times', () => {
    const warnings = parseWarnings(`a?${'x&'.repeat(1000)}top_k=1`)

    expect(warnings).toHaveLength(20)
    expect(warnings[19]).toMatchObject({ column: 3 + 19 * 2 })
    expect(parametersOf(`a?${'x&'.repeat(1000)}top_k=1`)).toEqual({ topK: 1 })
  })

  it('inside a pair warn like others', () => {
    expect(parseWarnings('hybrid:[a?x=1,b]|c?y=1')).toMatchObject([{ column: 11 }, { column: 20 }])
  })
})
