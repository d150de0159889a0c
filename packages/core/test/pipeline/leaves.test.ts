import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails, type Script, whole } from '../support/fake-provider.ts'

async function askBoth(first: Script, second: Script) {
  const [a, b] = [new FakeProvider({}, first), new FakeProvider({}, second)]
  const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })
  const { sink, done } = fake.call({ body: { model: 'a:m|b:n' } })
  await fake.clock.advance(60_000)
  await done
  return { sink, fake, a, b }
}

const good: Script = () => whole('hello')

describe('the next leaf', () => {
  it('answers when the first does not have the model, and is asked for its own', async () => {
    const { sink, b } = await askBoth(() => fails('upstream_model_unavailable'), good)

    expect(sink.status).toBe(200)
    expect(b.sent[0]?.body['model']).toBe('n')
    expect(sink.headers['x-jackfield-route']).toBe('b.one:n')
  })

  it('answers when the prompt is too long for the first, which is not cooled for that', async () => {
    const { sink, fake } = await askBoth(() => fails('context_length_exceeded'), good)

    expect(sink.status).toBe(200)
    expect(fake.events['target-state']).toEqual([])
  })

  it('comes before a wait for the first', async () => {
    const { fake } = await askBoth(() => fails('upstream_rate_limited', { retryAfterMs: 10 }), good)

    expect(fake.lastEnd.durationMs).toBe(0)
  })

  it('is tried on every target of the first first, except for what no target of it can do', async () => {
    const a = new FakeProvider({ targets: ['1', '2'] }, () => fails('upstream_timeout'))
    const b = new FakeProvider()
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })

    await fake.ask({ body: { model: 'a:m|b:m' } })

    expect([a.used, b.used]).toEqual([['1', '2'], ['one']])
  })

  it('is not reached by a backend that refuses the call, nor is that counted as an attempt', async () => {
    const refusal = new GatewayError('unsupported_capability', 'No images here.')
    const a = new FakeProvider({ backend: { handling: () => ({ way: 'refuse', error: refusal }) } })
    const b = new FakeProvider()
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })

    const sink = await fake.ask({ body: { model: 'a:m|b:m' } })
    const alone = await fake.ask({ body: { model: 'a:m' } })

    expect(sink.status).toBe(200)
    expect(fake.events['call-end'][0]).toMatchObject({ attempts: 1 })
    expect(fake.events['call-end'][0]?.decision).toContain('a is left out: No images here.')
    expect(alone.json).toMatchObject({ code: 'unsupported_capability', message: 'No images here.' })
  })

  it('serves an operation that the first does not know', async () => {
    const a = new FakeProvider({ operations: ['chat'] })
    const b = new FakeProvider()
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })

    const sink = await fake.ask({ operation: 'embeddings', body: { model: 'a:m|b:m' } })

    expect(sink.status).toBe(200)
    expect([a.sent.length, b.sent.length]).toEqual([0, 1])
  })
})

describe('the failure that the client sees', () => {
  it('is the last one', async () => {
    const { sink } = await askBoth(
      () => fails('upstream_timeout'),
      () => fails('upstream_invalid_response'),
    )

    expect(sink.json).toMatchObject({ code: 'upstream_invalid_response' })
  })

  it('is not that a spare backend lacks the model', async () => {
    const { sink } = await askBoth(
      () => fails('upstream_overloaded'),
      () => fails('upstream_model_unavailable'),
    )

    expect(sink.json).toMatchObject({ code: 'upstream_overloaded' })
  })

  it('is what the first leaf cannot do, where none can', async () => {
    const { sink } = await askBoth(
      () => fails('context_length_exceeded'),
      () => fails('upstream_model_unavailable'),
    )

    expect(sink.json).toMatchObject({ code: 'context_length_exceeded' })
  })
})
