import { describe, expect, it } from 'vitest'
import { asNeutral, isNeutral } from '../../src/attempt/neutral-failure.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { failure } from '../support/fake-pool.ts'

const interrupted = (cause: unknown) =>
  new GatewayError('stream_interrupted', 'The answer broke off.', { cause })

describe('a failure', () => {
  it.each([
    ['that is marked', asNeutral(failure('upstream_error')), undefined],
    ['that is a time-out of a leaf', failure('upstream_timeout'), { connectMs: 1 }],
    [
      'that is a stream that stood still for a leaf',
      interrupted(failure('upstream_timeout')),
      { idleMs: 1 },
    ],
  ])('%s says nothing about its target', (_, error, own) => {
    expect(isNeutral(error, own)).toBe(true)
  })

  it.each([
    ['that nobody marked', failure('upstream_error'), undefined],
    ['that is a time-out of the backend', failure('upstream_timeout'), undefined],
    ['that the leaf could not cause', failure('upstream_timeout'), { firstTokenMs: 1 }],
    ['that is no time-out', failure('upstream_unreachable'), { connectMs: 1 }],
    [
      'that is a stream that broke off',
      interrupted(failure('upstream_unreachable')),
      { idleMs: 1 },
    ],
    ['that has no cause of ours', interrupted(new Error('x')), { idleMs: 1 }],
  ])('%s counts', (_, error, own) => {
    expect(isNeutral(error, own)).toBe(false)
  })
})
