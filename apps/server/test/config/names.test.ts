import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestName, quoteName, showPath } from '../../src/config/names.ts'

const keys = ['host', 'port', 'backends', 'default_backend', 'static_route', 'base_url', 'api_url']

describe('nearestName', () => {
  it.each([
    ['prot', 'port'],
    ['hots', 'host'],
    ['defaultBackend', 'default_backend'],
    ['default-backend', 'default_backend'],
    ['DEFAULT_BACKEND', 'default_backend'],
    ['base_ulr', 'base_url'],
    ['backend', 'backends'],
    ['statc_rout', 'static_route'],
  ])('finds what %s means', (written, meant) => {
    expect(nearestName(written, keys)).toBe(meant)
  })

  it.each(['', 'temperature', 'x', 'sk-live-0123456789', 'h'.repeat(10_000)])(
    'finds nothing near %s',
    (written) => {
      expect(nearestName(written, keys)).toBeUndefined()
    },
  )

  it('finds every name itself, and with one letter dropped or doubled', () => {
    const edited = fc
      .tuple(fc.constantFrom(...keys), fc.nat(20), fc.boolean())
      .map(([key, at, isDoubled]) => {
        const place = at % key.length
        const letters = isDoubled ? key.slice(0, place + 1) + key[place] : key.slice(0, place)
        return { key, written: letters + key.slice(place + 1) }
      })
    fc.assert(
      fc.property(edited, ({ key, written }) => {
        expect(nearestName(written, [key])).toBe(key)
        expect(nearestName(key, keys)).toBe(key)
      }),
    )
  })
})

describe('quoteName', () => {
  it.each([
    'port',
    'default_backend',
    'internlm2.5-20b',
    '@acme/jackfield-backend-x',
    'config/secrets/key.txt',
    'OPENAI_API_KEY_12',
    'qwen3-coder:480b',
  ])('shows %s', (name) => {
    expect(quoteName(name)).toBe(`"${name}"`)
  })

  it.each([
    'sk-Zr8kQ2mX7bN4vL9w',
    'AIzaSyD3x9QfR7tUv2Wb8',
    'a3f9c17e5b2d8046a3f9c17e5b2d8046',
    'two\nlines',
    'with space',
    'x'.repeat(81),
    '',
  ])('hides %o', (name) => {
    expect(quoteName(name)).toBe(`(a name of ${name.length} characters, not shown)`)
  })
})

it('hides single steps of a path', () => {
  expect(showPath('backends.internlm.api_keys[2]')).toBe('backends.internlm.api_keys[2]')
  expect(showPath('backends.sk-Zr8kQ2mX7bN4vL9w.type')).toBe('backends.….type')
  expect(showPath('')).toBe('')
})
