import { Secret } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { nodeOf } from '../../src/config/node.ts'
import { describeError } from '../../src/logging/describe-error.ts'
import { KnownSecrets } from '../../src/logging/known-secrets.ts'

const asIs = (text: string) => text

describe('describeError', () => {
  it('keeps what explains an error, and nothing else that hangs on it', () => {
    const cause = Object.assign(new TypeError('the cause'), { request: { headers: 'secret' } })
    const error = Object.assign(new Error('it failed', { cause }), {
      code: 'ECONNRESET',
      config: { headers: 'secret' },
    })

    const described = describeError(error, asIs)

    expect(described).toEqual({
      type: 'Error',
      message: 'it failed',
      code: 'ECONNRESET',
      stack: expect.stringMatching(/^Error: it failed\n[\s\S]*\ncaused by: TypeError: the cause\n/),
    })
    expect(JSON.stringify(described)).not.toContain('secret')
  })

  it.each([
    ['a text', { type: 'string', message: 'a text' }],
    [undefined, { type: 'undefined', message: 'undefined' }],
    [{ key: 'secret' }, { type: 'object', message: 'an object that is no error' }],
  ])('tells of %j', (thrown, described) => {
    expect(describeError(thrown, asIs)).toEqual(described)
  })

  it('follows causes that go in a circle only so far', () => {
    const one = new Error('one')
    const other = new Error('other', { cause: one })
    one.cause = other

    expect(describeError(one, asIs).stack?.match(/caused by/g)).toHaveLength(4)
  })
})

describe('KnownSecrets', () => {
  const remembering = (...texts: readonly string[]) => {
    const map = nodeOf(Object.fromEntries(texts.map((text, at) => [`key-${at}`, new Secret(text)])))
    if (map.kind !== 'map') throw new Error('no map')
    return { effective: map }
  }

  it('takes keys out of a text, the longer ones whole', () => {
    const secrets = new KnownSecrets()
    secrets.remember(remembering('key-one', 'key-one-and-more'))

    expect(secrets.redact('key-one-and-more, key-one, key-two')).toBe(
      '[redacted], [redacted], key-two',
    )
  })

  it('knows the keys of the configuration before, and forgets older ones', () => {
    const secrets = new KnownSecrets()
    for (const text of ['first-key', 'second-key', 'third-key']) secrets.remember(remembering(text))

    expect(secrets.redact('first-key second-key third-key')).toBe('first-key [redacted] [redacted]')
  })

  it('leaves words alone that a very short key is part of', () => {
    const secrets = new KnownSecrets()
    secrets.remember(remembering('key'))

    expect(secrets.redact('a key of keys')).toBe('a key of keys')
  })
})
