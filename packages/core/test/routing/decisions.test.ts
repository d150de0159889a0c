import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/routing/resolve.ts'
import type { RoutingView } from '../../src/routing/routing-view.ts'

const lists: Readonly<Record<string, readonly string[]>> = {
  openai: ['gpt', 'both'],
  intern: ['intern-s1', 'both', 'vendor/x'],
  hybrid: [],
}

function view(more: Partial<RoutingView> = {}): RoutingView {
  return {
    names: Object.keys(lists),
    isBackend: (name) => Object.hasOwn(lists, name),
    takesPair: (name) => name === 'hybrid',
    lists: (backend, model) => lists[backend]?.includes(model) ?? false,
    known: async () => {},
    ...more,
  }
}

async function where(model: string | undefined, more: Partial<RoutingView> = {}, picked?: string) {
  const principal = { id: 'p', name: 'p' }
  const { leaves } = await resolve({ model, picked, principal }, view(more))
  return leaves.map((leaf) => `${leaf.backend}:${leaf.model}`)
}

describe('a place that leaves the model open', () => {
  it.each([
    ['gpt', 'openai:gpt'],
    ['intern:intern-s1', 'openai:intern-s1'],
    ['intern/intern-s1', 'openai:intern-s1'],
    ['intern.KEY:x', 'openai:x'],
    ['vendor/x', 'openai:vendor/x'],
    ['a:b|gpt', 'openai:a:b'],
    ['intern', 'openai:intern'],
    ['not[a selector', 'openai:not[a selector'],
  ])('takes the model part of %s', async (model, expected) => {
    expect(await where(model, { staticRoute: 'openai' })).toEqual([expected])
  })

  it('takes the parameters of the request too, below its own', async () => {
    const principal = { id: 'p', name: 'p' }
    const { leaves } = await resolve(
      { model: 'gpt?temperature=0.2&top_k=3', picked: 'openai', principal },
      view(),
    )

    expect(leaves[0]?.parameters).toEqual({ temperature: 0.2, topK: 3 })
  })

  it('has none where the request names none', async () => {
    expect(await where(undefined, { defaultBackend: 'openai' })).toEqual(['openai:'])
  })
})

describe('force_model', () => {
  const forceModel = 'forced'

  it.each([
    ['gpt', ['openai:forced']],
    ['both', ['openai:forced', 'intern:forced']],
    ['openai:x|intern:y', ['openai:forced', 'intern:forced']],
    ['intern/intern-s1', ['intern:forced']],
    ['openai', ['openai:forced']],
    ['hybrid:[openai:a,intern:b]', ['hybrid:forced']],
  ])('keeps the place of %s and replaces the model', async (model, expected) => {
    expect(await where(model, { forceModel })).toEqual(expected)
  })

  it('gives a model that nobody has to whom has the forced one', async () => {
    expect(await where('unknown', { forceModel: 'intern-s1' })).toEqual(['intern:intern-s1'])
    await expect(where('unknown', { forceModel })).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })

  it('holds for a static route and for a request without a model', async () => {
    expect(await where('x', { forceModel, staticRoute: 'intern:y' })).toEqual(['intern:forced'])
    expect(await where(undefined, { forceModel, defaultBackend: 'openai' })).toEqual([
      'openai:forced',
    ])
  })
})

describe('the lists of models', () => {
  const asked = { known: () => Promise.reject(new Error('asked')) }

  it('are not waited for where the default backend is known to have the model', async () => {
    expect(await where('gpt', { ...asked, defaultBackend: 'openai' })).toEqual(['openai:gpt'])
  })

  it('are not asked about explicit places', async () => {
    expect(await where('intern:x', asked)).toEqual(['intern:x'])
    expect(await where('intern/x', asked)).toEqual(['intern:x'])
  })

  it('decide against the default backend where only another one has the model', async () => {
    expect(await where('intern-s1', { defaultBackend: 'openai' })).toEqual(['intern:intern-s1'])
    expect(await where('both', { defaultBackend: 'intern:gpt' })).toEqual(['intern:both'])
  })
})

describe('what this gateway cannot do yet', () => {
  it('is refused, and not ignored', async () => {
    await expect(where('[max_context=1000]openai:x')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('max_context'),
    })
  })
})

describe('long selectors', () => {
  it('are shortened in what is said of them', async () => {
    const model = 'x'.repeat(10_000)

    await expect(where(model)).rejects.toSatisfy((error: Error) => error.message.length < 500)
  })
})
