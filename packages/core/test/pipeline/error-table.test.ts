import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorPolicies } from '../../src/errors/codes.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails } from '../support/fake-provider.ts'

/** What the host does about every code that a backend may report: calls on one target, on two, and on two backends. */
const table: Record<string, { one: string; two: string; leaf: string; status: number }> = {
  invalid_request: { one: '1', two: '1', leaf: 'a', status: 400 },
  context_length_exceeded: { one: '1', two: '1', leaf: 'ab', status: 400 },
  content_filtered: { one: '1', two: '1', leaf: 'a', status: 400 },
  payload_too_large: { one: '1', two: '1', leaf: 'a', status: 413 },
  unsupported_capability: { one: '1', two: '1', leaf: 'ab', status: 400 },
  client_closed_request: { one: '1', two: '1', leaf: 'a', status: 499 },
  upstream_rate_limited: { one: '111', two: '1212', leaf: 'abab', status: 429 },
  upstream_quota_exhausted: { one: '1', two: '12', leaf: 'ab', status: 429 },
  upstream_model_unavailable: { one: '1', two: '1', leaf: 'ab', status: 404 },
  upstream_overloaded: { one: '111', two: '1212', leaf: 'abab', status: 503 },
  upstream_timeout: { one: '1', two: '12', leaf: 'ab', status: 504 },
  upstream_unreachable: { one: '11', two: '1212', leaf: 'abab', status: 502 },
  upstream_credentials_rejected: { one: '1', two: '12', leaf: 'ab', status: 502 },
  upstream_invalid_response: { one: '1', two: '12', leaf: 'ab', status: 502 },
  upstream_error: { one: '11', two: '1212', leaf: 'abab', status: 502 },
  stream_interrupted: { one: '1', two: '1', leaf: 'a', status: 502 },
  internal: { one: '1', two: '1', leaf: 'a', status: 500 },
}

const neverFromBackends: readonly ErrorCode[] = [
  'unauthenticated',
  'permission_denied',
  'model_not_found',
  'not_found',
  'unsupported_media_type',
  'rate_limited',
  'budget_exceeded',
  'queue_full',
  'no_available_target',
  'config_invalid',
  'plugin_incompatible',
]

const codes = Object.keys(table) as ErrorCode[]

async function askPatiently(fake: FakeGateway, model = 'm') {
  const { sink, done } = fake.call({ body: { model } })
  await fake.clock.advance(10_000)
  await done
  await fake.expectRest()
  return sink
}

describe('the error table', () => {
  it('is covered here as a whole', () => {
    expect([...codes, ...neverFromBackends].toSorted()).toEqual(
      Object.keys(errorPolicies).toSorted(),
    )
  })

  it.each(codes)('says how often one target is tried after %s', async (code) => {
    const provider = new FakeProvider({ targets: ['1'] }, () => fails(code))
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await askPatiently(fake)

    expect(provider.used.join('')).toBe(table[code]?.one)
    expect(sink.status).toBe(table[code]?.status)
    expect(sink.json).toMatchObject({ code })
  })

  it.each(codes)('says whether the next target is tried after %s', async (code) => {
    const provider = new FakeProvider({ targets: ['1', '2'] }, () => fails(code))
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await askPatiently(fake)

    expect(provider.used.join('')).toBe(table[code]?.two)
    expect(sink.status).toBe(table[code]?.status)
  })

  it.each(codes)('says whether the next leaf is tried after %s', async (code) => {
    const a = new FakeProvider({ targets: ['a'] }, () => fails(code))
    const b = new FakeProvider({ targets: ['b'] }, () => fails(code))
    b.sent = a.sent
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })

    const sink = await askPatiently(fake, 'a:m|b:m')

    expect(a.used.join('')).toBe(table[code]?.leaf)
    expect(sink.status).toBe(table[code]?.status)
  })

  it.each(codes)('lets another target answer after %s, where that may', async (code) => {
    const provider = new FakeProvider({ targets: ['1', '2'] })
    const hello = provider.script
    provider.script = (exchange) => (exchange.target === '1' ? fails(code) : hello(exchange))
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await askPatiently(fake)

    const isServed = errorPolicies[code].fallback === 'target'
    expect(sink.status).toBe(isServed ? 200 : table[code]?.status)
  })

  it.each(codes)('repeats nothing on the same target when %s is final', async (code) => {
    const provider = new FakeProvider({ targets: ['1'] }, () => fails(code, { final: true }))
    const fake = await fakeGateway({ backends: [provider.config()] })

    await askPatiently(fake)

    expect(provider.used).toEqual(['1'])
  })
})
