import { describe, expect, it } from 'vitest'
import { ModelAliases } from '../../src/routing/model-aliases.ts'
import type { RoutingRequest, RoutingView } from '../../src/routing/routing-view.ts'
import { picked, placesOf, planFor, routingView } from './routing-parts.ts'

const rename = (pattern: string, replacement: string, name: string) =>
  new ModelAliases([{ pattern, replacement }]).rename(name)?.name

describe('an alias', () => {
  it.each([
    ['^gpt-(.*)$', 'openrouter:openai/gpt-\\1', 'gpt-4o', 'openrouter:openai/gpt-4o'],
    ['^(.+)/(.+)$', '\\2 \\1', 'a/b', 'b a'],
    ['^claude-3', 'anthropic:claude-3', 'claude-3-5-sonnet', 'anthropic:claude-3-5-sonnet'],
    ['^fast$', 'a:x', 'fast', 'a:x'],
    ['x', '\\0\\0', 'axb', 'axxb'],
    ['^(a)?b$', '[\\1]', 'b', '[]'],
    ['^b$', 'c\\\\1\\d', 'b', 'c\\1\\d'],
    ['^$', 'a:x', '', 'a:x'],
  ])('%s → %s makes of %s', (pattern, replacement, name, expected) => {
    expect(rename(pattern, replacement, name)).toBe(expected)
  })

  it('counts if it is the first that matches, and only once', () => {
    const aliases = new ModelAliases([
      { pattern: '^a', replacement: 'b' },
      { pattern: '^b', replacement: 'c' },
      { pattern: '^a', replacement: 'd' },
    ])

    expect(aliases.rename('ax')).toEqual({ name: 'bx', rule: 0 })
    expect(aliases.rename('bx')).toEqual({ name: 'cx', rule: 1 })
    expect(aliases.rename('other')).toBeUndefined()
    expect(aliases.rename('ax')).toEqual({ name: 'bx', rule: 0 })
  })

  it.each([
    [{ pattern: '(', replacement: 'x' }, /^Rule 1: The pattern.*RE2/],
    [{ pattern: '(?=a)', replacement: 'x' }, /^Rule 1: The pattern.*RE2/],
    [
      { pattern: 'a', replacement: '\\1' },
      /^Rule 1: The replacement uses \\1, but the pattern has no groups/,
    ],
    [
      { pattern: '(a)', replacement: '\\2' },
      /^Rule 1: .*uses \\2, but the pattern has only 1 group\./,
    ],
  ])('that cannot work is refused: %j', (alias, message) => {
    expect(() => new ModelAliases([alias])).toThrow(message)
  })

  it('takes time linear in the name, whatever the pattern', () => {
    const aliases = new ModelAliases([{ pattern: '^(a+)+$', replacement: 'x' }])
    const start = performance.now()

    expect(aliases.rename(`${'a'.repeat(20_000)}b`)).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('costs next to nothing for a name that was asked for before, however many there are', () => {
    const aliases = new ModelAliases(
      Array.from({ length: 2_000 }, (_, at) => ({ pattern: `^m${at}$`, replacement: 'x' })),
    )
    aliases.rename('none')
    const start = performance.now()
    for (let call = 0; call < 10_000; call += 1) aliases.rename('none')

    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('aliases in the order of decisions', () => {
  const view = (rest: Partial<RoutingView> = {}) =>
    routingView(
      { a: ['listed'], b: [] },
      {
        aliases: new ModelAliases([
          { pattern: '^fast$', replacement: 'a:quick?temperature=0.1&top_k=5' },
          { pattern: '^both$', replacement: '[max_context=9]a:x|b:x' },
          { pattern: '^a:old$', replacement: 'b:new' },
        ]),
        ...rest,
      },
    )
  const placesFor = async (
    model: string | undefined,
    rest: Partial<RoutingView> = {},
    request: Partial<RoutingRequest> = {},
  ) => placesOf(await planFor(model, view(rest), request))

  it('rename what was picked, whoever picked it', async () => {
    expect(await placesFor('fast')).toEqual(['a:quick'])
    expect(await placesFor('listed', {}, picked('fast'))).toEqual(['a:quick'])
    expect(await placesFor(undefined, { defaultBackend: 'fast' })).toEqual(['a:quick'])
    expect(await placesFor('a:old')).toEqual(['b:new'])
  })

  it('leave a static route alone, and what a call names', async () => {
    expect(await placesFor('fast', { staticRoute: 'b:fast' })).toEqual(['b:fast'])
    expect(await placesFor('fast', {}, { pinned: 'b' })).toEqual(['b:fast'])
  })

  it('come before force_model', async () => {
    expect(await placesFor('a:old', { forceModel: 'forced' })).toEqual(['b:forced'])
  })

  it('see a leaf without its parameters, which then stand above those of the replacement', async () => {
    const { branches } = await planFor('[max_context=7]fast?temperature=0.9', view())

    expect(branches[0]?.leaves).toMatchObject([
      { backend: 'a', model: 'quick', maxContext: 7, parameters: { temperature: 0.9, topK: 5 } },
    ])
  })

  it('give all leaves of a replacement what the request adds', async () => {
    const { branches, decision } = await planFor('both?top_k=2', view())

    expect(branches[0]?.leaves).toMatchObject([
      { backend: 'a', maxContext: 9, parameters: { topK: 2 } },
      { backend: 'b', parameters: { topK: 2 } },
    ])
    expect(decision[1]).toBe('model_aliases[1] makes it "[max_context=9]a:x|b:x"')
  })

  it('rename every place of several, with what is said of each', async () => {
    const { branches, decision } = await planFor('[max_context=5]fast|a:old|b:z', view())

    expect(branches[0]?.leaves).toMatchObject([
      { backend: 'a', model: 'quick', maxContext: 5, parameters: { temperature: 0.1 } },
      { backend: 'b', model: 'new' },
      { backend: 'b', model: 'z' },
    ])
    expect(decision[1]).toContain(
      'model_aliases[0] makes "a:quick?temperature=0.1&top_k=5" of "fast"',
    )
    expect(await placesFor('fast!b:z')).toEqual(['a:quick', 'b:z'])
  })

  it('may put several places among others that are joined in the same way, and in no other', async () => {
    expect(await placesFor('b:z|both')).toEqual(['b:z', 'a:x', 'b:x'])
    await expect(placesFor('b:z!both')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^model_aliases\[1\] makes several places of "both"/),
    })
  })

  it('name the rule in what is wrong with its selector', async () => {
    const aliases = new ModelAliases([{ pattern: '^x$', replacement: 'a:|b' }])

    await expect(planFor('x', view({ aliases }))).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^model_aliases\[0\], column 3: /),
    })
  })
})
