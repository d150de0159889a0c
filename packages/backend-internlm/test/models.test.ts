import { reply } from '@jackfield/testkit'
import { describe, expect, it } from 'vitest'
import { lastRequest, type SetUp, setUp } from './set-up.ts'

const someone = { id: 'local', name: 'local' }
const old = ['latest', '20b', '7b'].flatMap((size) => [`internlm2.5-${size}`, `internlm2-${size}`])
const recent = ['intern-latest', 'intern-s1-pro', 'intern-s1', 'intern-s1-mini']

async function listed({ gateway }: SetUp): Promise<readonly string[]> {
  return (await gateway.models(someone)).map(({ id }) => id)
}

describe('models', () => {
  it.each(['internlm/intern-s1', 'intern-s1', 'internlm:intern-s1', 'internlm:internlm/intern-s1'])(
    'may be called %s',
    async (model) => {
      await using there = await setUp()

      const { status } = await there.chat({ model })

      expect(status).toBe(200)
      expect(lastRequest(there)['model']).toBe('intern-s1')
    },
  )

  it('keep the name that the client used in the answer', async () => {
    await using there = await setUp()

    const { json } = await there.chat({ model: 'internlm/intern-s1' })

    expect(json['model']).toMatch(/intern-s1$/)
  })

  it('of both families are listed with the prefix when the provider does not answer', async () => {
    await using there = await setUp()
    there.fake.server.respondWith(reply(503, {}))

    const ids = await listed(there)

    expect(ids.toSorted()).toEqual([...recent, ...old].map((id) => `internlm/${id}`).toSorted())
  })

  it('come from the provider when it answers, with the prefix and what is known of them', async () => {
    await using there = await setUp()
    there.fake.server.respondWith(
      reply(200, { data: [{ id: 'intern-s1-pro' }, { id: 'intern-s9' }] }),
    )

    const models = await there.gateway.models(someone)

    expect(models).toMatchObject([
      { id: 'internlm/intern-s1-pro', ownedBy: 'internlm', contextWindow: 262_144 },
      { id: 'internlm/intern-s9', ownedBy: 'internlm' },
    ])
  })

  it('that are listed can all be used as they stand there', async () => {
    await using there = await setUp()

    for (const model of await listed(there)) {
      expect(await there.chat({ model })).toMatchObject({ status: 200 })
    }
  })

  it('that nobody knows are asked for all the same', async () => {
    await using there = await setUp()

    const { status } = await there.chat({ model: 'internlm/intern-s42' })

    expect(lastRequest(there)['model']).toBe('intern-s42')
    expect(status).toBe(404)
  })

  it('can be listed by the operator', async () => {
    await using there = await setUp({ options: { models: ['internlm/mine'] } })

    expect(await listed(there)).toEqual(['internlm/mine'])
    expect(there.fake.server.requests).toEqual([])
  })
})
