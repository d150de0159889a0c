import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialect.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { createFakeDialect, line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { answer, FakeProvider, fails, streams, whole } from '../support/fake-provider.ts'

/** Holds every answer to be without the word "bad". */
const dialect: Dialect = {
  ...createFakeDialect('fake-a'),
  streamValidator() {
    let seen = ''
    let violations: readonly string[] = []
    return {
      push: (chunk) => {
        seen += Buffer.from(chunk).toString()
      },
      end: () => {
        violations = seen.includes('bad') ? ['event 1 is bad'] : []
      },
      get violations() {
        return violations
      },
    }
  },
  validateResponse: (body) =>
    Buffer.from(body).includes('bad') ? Array.from({ length: 50 }, (_, one) => `bad ${one}`) : [],
}

async function setUp(validateAnswers: number) {
  const provider = new FakeProvider({ dialect })
  const fake = await fakeGateway({ backends: [provider.config()], validateAnswers })
  return { provider, fake }
}

describe('answers that are held against the rules of their dialect', () => {
  it('are told of when a stream breaks them, and reach the client as they are', async () => {
    const { fake, provider } = await setUp(1)
    provider.script = () => streams({ text: 'bad' }, { done: 'stop' })

    const sink = await fake.ask({ dialect, body: { model: 'm', text: 'x', stream: true } })

    expect(sink.text).toContain('bad')
    expect(fake.events['answer-invalid']).toEqual([
      {
        callId: sink.headers['x-jackfield-request-id'],
        dialect: 'fake-a',
        violations: ['event 1 is bad'],
      },
    ])
    await fake.expectRest()
  })

  it('are told of when they are one document, with not too many words', async () => {
    const { fake, provider } = await setUp(1)
    provider.script = () => whole('bad')

    await fake.ask({ dialect })

    expect(fake.events['answer-invalid'][0]?.violations).toHaveLength(20)
  })

  it('are not looked at when their client has left', async () => {
    const { fake, provider } = await setUp(1)
    const body = new FakeBody()
    provider.script = () => answer(body)
    const call = await fake.stream({}, { dialect })
    body.write(line({ text: 'bad' }), line({ done: 'stop' }))
    await settle()
    call.leave()
    await call.done

    expect(fake.events['answer-invalid']).toEqual([])
    await fake.expectRest()
  })

  it('are nobody’s business when they keep them, are errors, or were not drawn', async () => {
    const { fake, provider } = await setUp(1)
    await fake.ask({ dialect })
    provider.script = () => fails('invalid_request')
    await fake.ask({ dialect, body: { model: 'm', text: 'bad' } })
    const some = await setUp(0.5)
    some.provider.script = () => whole('bad')
    await some.fake.ask({ dialect })

    expect(fake.events['answer-invalid']).toEqual([])
    expect(some.fake.events['answer-invalid']).toEqual([])
  })
})
