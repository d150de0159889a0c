import { describe, expect, it } from 'vitest'
import type { Model } from '../../src/backend.ts'
import { Catalog } from '../../src/routing/catalog.ts'
import { FakeClock, settle } from '../fake-clock.ts'

function catalogOf(...lists: readonly (() => Promise<readonly Model[]>)[]) {
  const clock = new FakeClock()
  const errors: unknown[] = []
  let asked = 0
  const catalog = new Catalog({
    clock,
    onError: (error) => errors.push(error),
    load: () => {
      const list = lists[Math.min(asked, lists.length - 1)]
      asked += 1
      return list?.() ?? Promise.resolve([])
    },
  })
  return { catalog, clock, errors, asked: () => asked }
}

const models =
  (...ids: readonly string[]) =>
  async () =>
    ids.map((id) => ({ id }))

describe('the models of a backend', () => {
  it('are asked for when somebody needs them, once at a time', async () => {
    const { catalog, asked } = catalogOf(models('a'))

    const before = [asked(), catalog.lists('a'), catalog.loaded]
    await Promise.all([catalog.refresh(), catalog.refresh()])

    expect(before).toEqual([0, false, false])
    expect([asked(), catalog.lists('a'), catalog.lists('b'), catalog.loaded]).toEqual([
      1,
      true,
      false,
      true,
    ])
  })

  it('are known by their other spellings too', async () => {
    const { catalog } = catalogOf(async () => [{ id: 'a', aliases: ['b', 'c'] }])
    await catalog.refresh()

    expect(['a', 'b', 'c', 'd'].map((name) => catalog.lists(name))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('are believed for ten minutes, and renewed behind the back of who asks then', async () => {
    const { catalog, clock, asked } = catalogOf(models('old'), models('new'))
    await catalog.refresh()
    await clock.advance(599_999)
    const still = [catalog.lists('old'), asked()]
    await clock.advance(1)

    const stale = catalog.models
    await settle()

    expect(still).toEqual([true, 1])
    expect(stale).toEqual([{ id: 'old' }])
    expect(catalog.models).toEqual([{ id: 'new' }])
  })

  it('stay known while the backend does not answer, which is asked again after a while', async () => {
    const down = () => Promise.reject(new Error('down'))
    const { catalog, clock, asked, errors } = catalogOf(models('a'), down, models('a', 'b'))
    await catalog.refresh()
    await clock.advance(600_000)
    await catalog.refresh()
    const during = [catalog.lists('a'), errors.length]
    await catalog.refresh()

    await clock.advance(30_000)
    await catalog.refresh()

    expect(during).toEqual([true, 1])
    expect([asked(), catalog.lists('b')]).toEqual([3, true])
  })

  it.each([
    ['nothing', undefined],
    ['no list', { data: [] }],
    ['a list of names', ['a']],
    ['a model without id', [{ id: '' }]],
    ['a hole', [null]],
  ])('are not taken from %s', async (_, list) => {
    const { catalog, errors } = catalogOf(async () => list as unknown as readonly Model[])

    await catalog.refresh()

    expect(catalog.models).toEqual([])
    expect(errors).toHaveLength(1)
  })
})
