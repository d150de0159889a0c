import { describe, expect, it } from 'vitest'
import type { Model } from '../../src/backend.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails, type Script } from '../support/fake-provider.ts'

const tooLong: Script = () =>
  fails(
    'context_length_exceeded',
    {},
    { status: 400, headers: {}, body: Buffer.from('{"own":"words"}') },
  )

/** Backends that all say that the prompt is too long, each with the window that it lists for its model. */
async function ask(
  selector: string,
  windows: Readonly<Record<string, number | undefined>>,
  scripts: Readonly<Record<string, Script>> = {},
) {
  const providers = Object.entries(windows).map(([name, contextWindow]) => {
    const model: Model = { id: 'm', aliases: ['alias'], ...(contextWindow && { contextWindow }) }
    const backend = { models: async () => [model] }
    return { name, provider: new FakeProvider({ backend }, scripts[name] ?? tooLong) }
  })
  const fake = await fakeGateway({
    backends: providers.map(({ name, provider }) => provider.config(name)),
  })
  await fake.gateway.models({ id: 'local', name: 'local' })
  const sink = await fake.ask({ body: { model: selector } })
  const asked = providers.filter(({ provider }) => provider.sent.length > 0)
  return { fake, sink, asked: asked.map(({ name }) => name) }
}

describe('a prompt that is too long', () => {
  it('goes on only to leaves whose window is larger, or not known', async () => {
    const { asked } = await ask('a:m|b:m|c:m|d:m|e:m', {
      a: 32_000,
      b: 32_000,
      c: 8_000,
      d: undefined,
      e: 128_000,
    })

    expect(asked).toEqual(['a', 'd', 'e'])
  })

  it('goes on to all of them where the first window is not known', async () => {
    const { asked } = await ask('a:m|b:m', { a: undefined, b: 8_000 })

    expect(asked).toEqual(['a', 'b'])
  })

  it('counts a leaf’s own limit as its window', async () => {
    const { asked } = await ask('[max_context=9000]a:m|b:m|[max_context=9000]c:m', {
      a: undefined,
      b: 8_000,
      c: 128_000,
    })

    expect(asked).toEqual(['a'])
  })

  it('finds the window of a model by its other names', async () => {
    const { asked } = await ask('a:alias|b:m', { a: 8_000, b: 8_000 })

    expect(asked).toEqual(['a'])
  })

  it('is answered with what the provider said, where nothing is left', async () => {
    const { sink, fake } = await ask('a:m|b:m', { a: 8_000, b: 8_000 })

    expect(sink.status).toBe(400)
    expect(sink.json).toEqual({ own: 'words' })
    expect(fake.events['target-state']).toEqual([])
  })

  it('does not hide that a place with room for it has failed', async () => {
    const { sink } = await ask(
      'a:m|b:m',
      { a: 128_000, b: 8_000 },
      { a: () => fails('upstream_timeout') },
    )

    expect(sink.status).toBe(504)
  })
})
