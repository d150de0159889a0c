import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialect.ts'
import { createFakeDialect } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails, inTurn, type Script, whole } from '../support/fake-provider.ts'

const mark = '<state>'

/** State is a word in the text. */
const dialect: Dialect = {
  ...createFakeDialect('fake-a'),
  states: {
    find: (body) => (Buffer.from(body).includes(mark) ? [{ kind: 'signature', data: mark }] : []),
    without: (body, keeps) =>
      keeps({ kind: 'signature', data: mark })
        ? body
        : Buffer.from(Buffer.from(body).toString().replaceAll(mark, '')),
  },
}
const refused = () => fails('invalid_request', { recover: 'without-state' })

async function setUp(...scripts: readonly Script[]) {
  const provider = new FakeProvider({ dialect, targets: ['one', 'two'] }, inTurn(...scripts))
  return { provider, fake: await fakeGateway({ backends: [provider.config()] }) }
}
const body = { model: 'm', text: `hi${mark}` }

describe('state that a provider refuses although nobody knew that it would', () => {
  it('is left out, and the request goes out again to the same target', async () => {
    const { fake, provider } = await setUp(refused, () => whole('fine'))

    const sink = await fake.ask({ dialect, body })

    expect(sink.json).toMatchObject({ text: 'fine' })
    expect(provider.sent.map(({ body: { text } }) => text)).toEqual([`hi${mark}`, 'hi'])
    expect(provider.used).toEqual(['one', 'one'])
    expect(sink.headers).toMatchObject({ 'x-jackfield-dropped': 'reasoning' })
    expect(fake.events['attempt-end'].map(({ next }) => next)).toEqual(['retry', 'delivered'])
    expect(fake.events['target-state']).toEqual([])
    await fake.expectRest()
  })

  it('is tried once: a second refusal is the client’s', async () => {
    const { fake, provider } = await setUp(refused)

    const sink = await fake.ask({ dialect, body })

    expect(sink.status).toBe(400)
    expect(provider.sent).toHaveLength(2)
  })
})
