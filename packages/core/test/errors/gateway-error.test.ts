import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorPolicies } from '../../src/errors/codes.ts'
import { GatewayError, isGatewayError, toGatewayError } from '../../src/errors/gateway-error.ts'

describe('the one error class', () => {
  it('takes status and policy from the table, unless it is told another status', () => {
    const error = new GatewayError('upstream_overloaded', 'busy')
    const told = new GatewayError('upstream_timeout', 'slow', { status: 408 })

    expect([error.status, told.status]).toEqual([503, 408])
    expect(error.policy).toBe(errorPolicies.upstream_overloaded)
  })

  it('has no members that were not given', () => {
    const error = new GatewayError('internal', 'x')

    expect(error.cause).toBeUndefined()
    expect('cause' in error).toBe(false)
    expect(error.retryAfterMs).toBeUndefined()
  })

  it('keeps a cause, also one that is falsy', () => {
    expect(new GatewayError('internal', 'x', { cause: null }).cause).toBeNull()
  })

  it('is known by its brand, to another copy of the package too', () => {
    const foreign = { [Symbol.for('jackfield.error')]: true, code: 'internal', message: 'x' }

    expect(isGatewayError(foreign)).toBe(true)
    expect(toGatewayError(foreign)).toBe(foreign)
  })

  it.each([undefined, null, 'text', 1, new Error('x'), {}])('is not %o', (value) => {
    expect(isGatewayError(value)).toBe(false)
    expect(toGatewayError(value).code).toBe('internal')
    expect(toGatewayError(value).cause).toBe(value)
  })
})

describe('the table of errors', () => {
  const rows = Object.entries(errorPolicies) as [ErrorCode, (typeof errorPolicies)[ErrorCode]][]

  it.each(rows)('says something whole about %s', (_, policy) => {
    expect(policy.meaning).toMatch(/^[A-Z].*\.$/)
    expect(policy.status === 0 || (policy.status >= 400 && policy.status <= 599)).toBe(true)
  })

  it.each(rows)('lets %s cool something only if the provider may be at fault', (_, policy) => {
    if (policy.callerFault) expect([policy.cools, policy.status < 500]).toEqual(['nothing', true])
  })

  it.each(rows)('repeats %s on the same target only where others may serve it too', (_, policy) => {
    if (policy.retry !== 'no') expect(policy.fallback).toBe('target')
  })
})
