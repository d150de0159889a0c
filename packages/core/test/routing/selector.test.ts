import { describe, expect, it } from 'vitest'
import { parseSelector } from '../../src/routing/selector.ts'
import { context, parse, parseComposite, parseError, parseLeaf } from './selector-context.ts'

const leaf = { kind: 'leaf', annotations: {}, parameters: {}, column: 1 }

describe('one leaf', () => {
  it.each([
    ['gpt-4o', { model: 'gpt-4o' }],
    ['llama3:8b', { model: 'llama3:8b' }],
    ['ft:gpt-4o:org::id', { model: 'ft:gpt-4o:org::id' }],
    ['qwen/qwen3-coder:free', { model: 'qwen/qwen3-coder:free' }],
    ['OpenAI:gpt-4o', { model: 'OpenAI:gpt-4o' }],
    ['unknown.2:gpt-4o', { model: 'unknown.2:gpt-4o' }],
    [':gpt-4o', { model: ':gpt-4o' }],
    ['auto', { model: 'auto' }],
    ['模型/通义', { model: '模型/通义' }],
    ['a,b&c=d', { model: 'a,b&c=d' }],
  ])('takes %s as a model id', (text, expected) => {
    expect(parse(text)).toStrictEqual({ ...leaf, ...expected })
  })

  it.each([
    ['openai:gpt-4o', 'openai', 'gpt-4o'],
    ['internlm:internlm2.5-latest', 'internlm', 'internlm2.5-latest'],
    ['openrouter:qwen/qwen3-coder', 'openrouter', 'qwen/qwen3-coder'],
    ['openai:ft:gpt-4o:org::id', 'openai', 'ft:gpt-4o:org::id'],
    ['anthropic:claude-3-5-sonnet-20241022', 'anthropic', 'claude-3-5-sonnet-20241022'],
    ['openai::x', 'openai', ':x'],
  ])('takes %s as a model of a configured backend', (text, backend, model) => {
    expect(parse(text)).toStrictEqual({ ...leaf, backend, model })
  })

  it.each([
    ['openai.2:gpt-4o', 'openai', '2', 'gpt-4o'],
    ['openai-codex.2:gpt-5.4', 'openai-codex', '2', 'gpt-5.4'],
    ['internlm.INTERNAI_API_KEY_1:intern-s1', 'internlm', 'INTERNAI_API_KEY_1', 'intern-s1'],
    ['infinilm.10.0.0.1%3A8000:qwen', 'infinilm', '10.0.0.1:8000', 'qwen'],
  ])('takes %s as a model of one target', (text, backend, target, model) => {
    expect(parse(text)).toStrictEqual({ ...leaf, backend, target, model })
  })

  it('keeps a vendor prefix and says whether it names a configured backend', () => {
    const configured = parse('internlm/internlm2.5-latest')
    const other = parse('meta-llama/llama-3')
    const variant = parse('openai.x/gpt-4o:free')

    expect(configured).toStrictEqual({
      ...leaf,
      model: 'internlm/internlm2.5-latest',
      vendorBackend: 'internlm',
    })
    expect(other).toStrictEqual({ ...leaf, model: 'meta-llama/llama-3' })
    expect(variant).toStrictEqual({ ...leaf, model: 'openai.x/gpt-4o:free' })
  })

  it('asks only about names that a backend can have', () => {
    const asked: string[] = []
    const isBackend = (name: string) => asked.push(name) === 0

    for (const text of ['a.b:c', 'A:b', 'a b', 'a_b/c', 'x/y', '/y', ':']) {
      parseSelector(text, { isBackend })
    }

    expect(asked).toEqual(['a', 'x'])
  })

  it('decodes %XX of printable ASCII and keeps every other percent sign', () => {
    expect(parseLeaf('a%21%7c%5E%3F%5B%5D%25%2C%26%20b').model).toBe('a!|^?[]%,& b')
    expect(parseLeaf('100%').model).toBe('100%')
    expect(parseLeaf('a%zz%2').model).toBe('a%zz%2')
    expect(parseLeaf('a%0A%7F%C3%A9').model).toBe('a%0A%7F%C3%A9')
    expect(parseLeaf('a%2521').model).toBe('a%21')
    expect(parseLeaf('openai:%3Ax%21').model).toBe(':x!')
  })

  it('lets an encoded colon or slash hide a prefix', () => {
    expect(parse('openai%3Agpt-4o')).toStrictEqual({ ...leaf, model: 'openai:gpt-4o' })
    expect(parse('openai%2Fgpt-4o')).toStrictEqual({ ...leaf, model: 'openai/gpt-4o' })
    expect(parse('alias%3Afast')).toStrictEqual({ ...leaf, model: 'alias:fast' })
  })

  it('keeps a short word in brackets after a model id, as Claude Code sends it', () => {
    expect(parseLeaf('claude-opus-4-8[1m]').model).toBe('claude-opus-4-8[1m]')
    expect(parseLeaf('anthropic:sonnet[1M][1m]?top_k=1').model).toBe('sonnet[1M][1m]')
    expect(parseComposite('sonnet[1m]|opus').leaves.map(({ model }) => model)).toEqual([
      'sonnet[1m]',
      'opus',
    ])
  })

  it('refuses the reserved prefixes unless a backend has that name', () => {
    expect(parseError('alias:fast')).toMatchObject({ code: 'unsupported_construct', column: 1 })
    expect(parseError('a|auto:x')).toMatchObject({ code: 'unsupported_construct', column: 3 })

    const named = parse('alias:fast', { isBackend: (name) => name === 'alias' })

    expect(named).toStrictEqual({ ...leaf, backend: 'alias', model: 'fast' })
  })

  it('ignores white space around the text', () => {
    expect(parse('  openai:gpt-4o ')).toStrictEqual({
      ...leaf,
      backend: 'openai',
      model: 'gpt-4o',
      column: 3,
    })
  })
})

describe('several leaves', () => {
  it.each([
    ['a|b|c', 'fallback'],
    ['a^b^c', 'weighted'],
    ['a!b!c', 'race'],
  ])('reads %s as %s', (text, kind) => {
    expect(parse(text)).toStrictEqual({
      kind,
      leaves: [
        { ...leaf, model: 'a' },
        { ...leaf, model: 'b', column: 3 },
        { ...leaf, model: 'c', column: 5 },
      ],
    })
  })

  it('reads annotations, backends and parameters of each leaf', () => {
    const text =
      '[weight=3,max_context=32000]openai:gpt-4o-mini?top_p=0.5^[weight=1]anthropic:claude-sonnet-4'

    expect(parse(text)).toStrictEqual({
      kind: 'weighted',
      leaves: [
        {
          ...leaf,
          backend: 'openai',
          model: 'gpt-4o-mini',
          annotations: { weight: 3, maxContext: 32_000 },
          parameters: { topP: 0.5 },
          column: 29,
        },
        {
          ...leaf,
          backend: 'anthropic',
          model: 'claude-sonnet-4',
          annotations: { weight: 1 },
          column: 68,
        },
      ],
    })
  })

  it('ignores spaces around operators', () => {
    const { leaves } = parseComposite(' llama3:8b  |openai:gpt-4o?top_k=1 | [max_context=5]c ')

    expect(leaves.map(({ model, column }) => [model, column])).toEqual([
      ['llama3:8b', 2],
      ['gpt-4o', 14],
      ['c', 53],
    ])
  })

  it('does not split at encoded operators', () => {
    const { leaves } = parseComposite('a%7Cb|c%21d')

    expect(leaves.map(({ model }) => model)).toEqual(['a|b', 'c!d'])
  })
})

describe('a pair', () => {
  it('reads the published example', () => {
    const text =
      'hybrid:[minimax:MiniMax-M2?temperature=0.8,qwen-oauth:qwen3-coder-plus?temperature=0.3]'

    expect(parse(text)).toStrictEqual({
      ...leaf,
      backend: 'hybrid',
      model: text.slice('hybrid:'.length),
      inner: [
        {
          ...leaf,
          backend: 'minimax',
          model: 'MiniMax-M2',
          parameters: { temperature: 0.8 },
          column: 9,
        },
        {
          ...leaf,
          backend: 'qwen-oauth',
          model: 'qwen3-coder-plus',
          parameters: { temperature: 0.3 },
          column: 44,
        },
      ],
    })
  })

  it('takes composites, other pairs, annotations and spaces inside', () => {
    const { inner } = parseLeaf('hybrid:[ a | openai:b , [weight=2]hybrid:[c[1m],d%2Ce] ^ f ]')

    expect(inner?.[0]).toMatchObject({
      kind: 'fallback',
      leaves: [{ model: 'a' }, { backend: 'openai', model: 'b' }],
    })
    expect(inner?.[1]).toMatchObject({
      kind: 'weighted',
      leaves: [
        { model: '[c%5B1m%5D,d%2Ce]', inner: [{ model: 'c[1m]' }, { model: 'd,e' }] },
        { model: 'f' },
      ],
    })
  })

  it('can itself be a leaf of a composite, with parameters and a target', () => {
    const { leaves } = parseComposite('hybrid.x:[a,b!c]?temperature=1|d')

    expect(leaves).toMatchObject([
      { backend: 'hybrid', target: 'x', model: '[a,b!c]', parameters: { temperature: 1 } },
      { model: 'd' },
    ])
  })

  it('follows whichever backends are said to take pairs', () => {
    const takesPair = (name: string) => name === 'openai'

    expect(parseLeaf('openai:[a,b]', { ...context, takesPair }).inner).toHaveLength(2)
    expect(parseError('hybrid:[a,b]', { ...context, takesPair })).toMatchObject({
      code: 'unsupported_construct',
      column: 8,
    })
  })

  it('asks a context that keeps its answers in itself', () => {
    class Registry {
      readonly #names = new Set(['think'])

      isBackend(name: string): boolean {
        return this.#names.has(name)
      }

      takesPair(name: string): boolean {
        return this.#names.has(name)
      }
    }

    expect(parseLeaf('think:[a,b]', new Registry()).backend).toBe('think')
  })

  it('leaves a plain model of the hybrid backend to that backend', () => {
    expect(parse('hybrid:default')).toStrictEqual({ ...leaf, backend: 'hybrid', model: 'default' })
  })
})
