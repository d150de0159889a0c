import { describe, expect, it } from 'vitest'
import { FakePool, failure } from '../support/fake-pool.ts'

describe('an exclusion', () => {
  it.each([
    ['upstream_overloaded', {}],
    ['upstream_timeout', {}],
    ['upstream_unreachable', {}],
    ['upstream_error', {}],
    ['upstream_invalid_response', {}],
    ['stream_interrupted', {}],
  ] as const)('by %s is soft and starts at one second', async (code, options) => {
    const pool = new FakePool(['1'])
    pool.fail('1', code, options)

    const early = pool.refusal()
    const soft = pool.use({ allowSoft: true })
    pool.fail('1', code, options)
    await pool.clock.advance(1_000)

    expect(early.reasons).toEqual([`1: ${code}, left out for 1 s more`])
    expect(early.retryAfterMs).toBeUndefined()
    expect(soft).toBe('1')
    expect(pool.use()).toBe('1')
  })

  it.each([
    'invalid_request',
    'context_length_exceeded',
    'content_filtered',
    'client_closed_request',
    'unsupported_capability',
    'internal',
    'no_available_target',
  ] as const)('does not follow from %s', (code) => {
    const pool = new FakePool(['1'])

    pool.fail('1', code)

    expect(pool.use()).toBe('1')
    expect(pool.changes).toEqual([])
  })

  it.each([Number.NaN, -1])('takes a hint of %d for none', (retryAfterMs) => {
    const pool = new FakePool(['1'])

    pool.fail('1', 'upstream_overloaded', { retryAfterMs })

    expect(pool.use({ allowSoft: true })).toBe('1')
  })

  it.each([
    ['upstream_rate_limited', { retryAfterMs: 5_000 }],
    ['upstream_model_unavailable', {}],
  ] as const)('by %s concerns one model of the target', (code, options) => {
    const pool = new FakePool(['1', '2'])

    pool.fail('1', code, { ...options, model: 'x' })

    expect([pool.use({ model: 'x' }), pool.use({ model: 'x' })]).toEqual(['2', '2'])
    expect([pool.use({ model: 'y' }), pool.use({ model: 'y' })]).toEqual(['1', '2'])
    expect(pool.changes).toMatchObject([{ state: 'cooling', model: 'x' }])
  })

  it('does not remember models with names that no provider has', () => {
    const pool = new FakePool(['1'])
    const model = 'x'.repeat(10_000)

    pool.fail('1', 'upstream_model_unavailable', { model })

    expect(pool.use({ model })).toBe('1')
  })
})

describe('a softly excluded target', () => {
  it('is left alone while another is ready', () => {
    const pool = new FakePool(['1', '2'])
    pool.fail('1', 'upstream_error')

    expect([1, 2, 3].map(() => pool.use({ allowSoft: true }))).toEqual(['2', '2', '2'])
  })

  it('is not used twice by one call', () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_error')

    expect(() => pool.take({ allowSoft: true, tried: ['id--1'] })).toThrow(
      'every target has been tried',
    )
  })

  it('is back for all when it works', () => {
    const pool = new FakePool(['1', '2'])
    pool.fail('1', 'upstream_error')

    pool.use({ targetName: '1', allowSoft: true })

    expect(pool.changes.map(({ state }) => state)).toEqual(['cooling', 'ready'])
    expect([pool.use(), pool.use()].toSorted()).toEqual(['1', '2'])
  })
})

describe('a rejected credential', () => {
  it('takes its target out at once, for all models, and names it', () => {
    const pool = new FakePool(['1', '2'])
    pool.fail('1', 'upstream_credentials_rejected')

    expect([1, 2, 3].map(() => pool.use({ model: 'other' }))).toEqual(['2', '2', '2'])
    expect(pool.refusal({ targetName: '1', allowSoft: true })).toMatchObject({ rejected: ['1'] })
    expect(pool.refusal({ targetName: '1' }).retryAfterMs).toBeUndefined()
    expect(pool.changes).toMatchObject([{ state: 'down' }])
  })

  it('is not excused by a call that began before, nor hidden by weaker failures after', () => {
    const pool = new FakePool(['1'])
    const [good, bad] = [pool.take(), pool.take()]
    pool.fail('1', 'upstream_credentials_rejected')

    good.firstPart()
    good.release('done')
    bad.release(failure('upstream_error'))

    expect(pool.refusal({ allowSoft: true }).rejected).toEqual(['1'])
  })
})

describe('the reasons why there is no target', () => {
  it('name an unknown target, a missing one, and a model that none serves', () => {
    const none = new FakePool([])
    const one = new FakePool([
      { id: 'i', name: '1', weight: 1, stateScope: '', serves: (model) => model === 'x' },
    ])

    expect(none.refusal().reasons).toEqual(['there is no target'])
    expect(one.refusal({ targetName: '9' }).reasons).toEqual(['no target is named "9"'])
    expect(one.refusal({ model: 'y' }).reasons).toEqual(['no target serves the model "y"'])
  })
})
