import { createHash } from 'node:crypto'
import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isSecret, Secret } from '../src/secret.ts'

const text = 'sk-live-7f3a91c2d4e5'

describe('Secret', () => {
  it('gives its text only when asked to reveal it', () => {
    expect(new Secret(text).reveal()).toBe(text)
  })

  it.each([
    ['a template', (secret: Secret) => `${secret}`],
    ['concatenation', (secret: Secret) => `key ${String(secret)}`],
    ['JSON', (secret: Secret) => JSON.stringify({ key: secret, list: [secret] })],
    ['inspect', (secret: Secret) => inspect({ key: secret }, { depth: 9, showHidden: true })],
    ['format', (secret: Secret) => format('%s %o %j', secret, secret, secret)],
    ['an error', (secret: Secret) => inspect(new Error('failed', { cause: secret }))],
    ['its own keys', (secret: Secret) => JSON.stringify({ ...secret }) + Object.keys(secret)],
    ['a structured clone', (secret: Secret) => inspect(structuredClone(secret))],
    ['a list that is joined', (secret: Secret) => [secret].join()],
  ])('does not show its text in %s', (_, print) => {
    expect(print(new Secret(text))).not.toContain('7f3a')
  })

  it('says that something was redacted', () => {
    expect(`${new Secret(text)}`).toBe('[redacted]')
    expect(JSON.stringify([new Secret(text)])).toBe('["[redacted]"]')
    expect(inspect(new Secret(text))).toBe('[redacted]')
  })

  it('refuses an empty text', () => {
    expect(() => new Secret('')).toThrow(TypeError)
  })
})

describe('fingerprint', () => {
  it('is twelve hexadecimal digits, the same for the same text', () => {
    const fingerprint = new Secret(text).fingerprint()

    expect(fingerprint).toMatch(/^[0-9a-f]{12}$/)
    expect(new Secret(text).fingerprint()).toBe(fingerprint)
  })

  it('differs for another text', () => {
    expect(new Secret(`${text}0`).fingerprint()).not.toBe(new Secret(text).fingerprint())
  })

  it('is not the plain hash of the text', () => {
    const plain = createHash('sha256').update(text).digest('hex')

    expect(plain.startsWith(new Secret(text).fingerprint())).toBe(false)
  })

  it('does not change from release to release', () => {
    expect(new Secret(text).fingerprint()).toBe('6997224caa39')
  })
})

describe('isSecret', () => {
  it('recognises a secret of another copy of the package', () => {
    const foreign = {
      get [Symbol.for('jackfield.secret')]() {
        return true
      },
    }

    expect(isSecret(foreign)).toBe(true)
    expect(isSecret(new Secret(text))).toBe(true)
  })

  it.each([undefined, null, 'text', 1, {}, [], new String('text')])('refuses %o', (value) => {
    expect(isSecret(value)).toBe(false)
  })
})
