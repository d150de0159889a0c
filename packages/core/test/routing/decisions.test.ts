import { describe, expect, it } from 'vitest'
import type { RoutingView } from '../../src/routing/routing-view.ts'
import { picked, placesOf, planFor, routingView } from './routing-parts.ts'

const lists = { openai: ['gpt', 'both'], intern: ['intern-s1', 'both', 'vendor/x'], hybrid: [] }

const where = async (model: string | undefined, more: Partial<RoutingView> = {}) =>
  placesOf(await planFor(model, routingView(lists, more)))

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
    const { branches } = await planFor(
      'gpt?temperature=0.2&top_k=3',
      routingView(lists),
      picked('openai'),
    )

    expect(branches[0]?.leaves[0]?.parameters).toEqual({ temperature: 0.2, topK: 3 })
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

describe('long selectors', () => {
  it('are shortened in what is said of them', async () => {
    const model = 'x'.repeat(10_000)

    await expect(where(model)).rejects.toSatisfy((error: Error) => error.message.length < 500)
  })
})
