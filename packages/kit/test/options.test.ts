import { Secret } from '@jackfield/core'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import {
  apiKeysOption,
  baseUrlOption,
  headersOf,
  httpOptions,
  modelsOf,
  timeoutsOf,
} from '../src/options.ts'

const schema = Type.Object(
  {
    base_url: baseUrlOption('https://api.acme.example/v1'),
    api_keys: apiKeysOption('optional'),
    ...httpOptions,
  },
  { additionalProperties: false },
)
const validator = Compile(schema)

describe('options', () => {
  it.each([
    [{}],
    [{ base_url: 'http://127.0.0.1:8000' }],
    [{ api_keys: ['sk-1'], timeout: '30s' }],
    [
      {
        timeout: 30_000,
        timeouts: { connect: '5s', first_byte: 0, first_token: 7, idle: '1m', total: 1 },
      },
    ],
    [{ headers: { 'X-Title': 'ours' }, upstream_proxy: 'direct' }],
    [{ upstream_proxy: 'http://proxy.example:3128' }],
    [{ models: ['a', { id: 'b', aliases: ['c'], context_window: 7, max_output_tokens: 2 }] }],
  ])('accept %j', (value) => {
    expect(validator.Check(value)).toBe(true)
  })

  it.each([
    [{ unknown: 1 }],
    [{ base_url: 'sk-1' }],
    [{ timeouts: { headers: 1 } }],
    [{ timeout: -1 }],
    [{ headers: { 'bad name': 'x' } }],
    [{ headers: 'x' }],
    [{ upstream_proxy: 'socks5://x' }],
    [{ models: [{ id: '' }] }],
    [{ models: [{ id: 'a', price: 1 }] }],
  ])('refuse %j', (value) => {
    expect(validator.Check(value)).toBe(false)
  })

  it('describe every key', () => {
    const described = (node: Record<string, unknown>): boolean =>
      typeof node['description'] === 'string' || Array.isArray(node['anyOf'])
    for (const member of Object.values(schema.properties))
      expect(described({ ...member })).toBe(true)
  })

  it('mark keys and header values as secrets', () => {
    expect(schema.properties.api_keys).toMatchObject({ commas: true, items: { secret: true } })
    expect(JSON.stringify(schema.properties.headers)).toContain('"secret":true')
  })

  it('require a base URL and keys where nothing replaces them', () => {
    const required = Type.Object({ base_url: baseUrlOption(), api_keys: apiKeysOption('required') })

    expect(required.required).toEqual(['base_url', 'api_keys'])
    expect(schema.required ?? []).toEqual([])
    expect(schema.properties.base_url).toHaveProperty('default', 'https://api.acme.example/v1')
  })

  it('set limits from one timeout and from single ones', () => {
    expect(timeoutsOf({})).toEqual({})
    expect(timeoutsOf({ timeout: 0 })).toEqual({})
    expect(timeoutsOf({ timeout: 30_000 })).toEqual({ firstByteMs: 30_000, totalMs: 30_000 })
    expect(
      timeoutsOf({
        timeout: 30_000,
        timeouts: { connect: 1, first_byte: 0, first_token: '5s', idle: 2, total: 3 },
      }),
    ).toEqual({ connectMs: 1, firstByteMs: 0, firstTokenMs: 5_000, idleMs: 2, totalMs: 3 })
  })

  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['30', 30_000],
    [30, 30],
  ])('read a limit of %j', (timeout, ms) => {
    expect(timeoutsOf({ timeout })).toEqual({ firstByteMs: ms, totalMs: ms })
  })

  it.each(['', 'soon', '-1s', '1 fortnight'])('refuse a limit of %j', (timeout) => {
    expect(() => timeoutsOf({ timeout })).toThrow(/not a duration/)
  })

  it('name models in either form', () => {
    expect(modelsOf({})).toBeUndefined()
    expect(
      modelsOf({
        models: ['a', { id: 'b', aliases: ['c'], context_window: 7, max_output_tokens: 2 }],
      }),
    ).toEqual([{ id: 'a' }, { id: 'b', aliases: ['c'], contextWindow: 7, maxOutputTokens: 2 }])
  })

  it('reveal headers, named or not', () => {
    const value = new Secret('s3cret')

    expect(headersOf({})).toEqual({})
    expect(
      headersOf({ headers: { 'X-A': 'plain', 'X-B': { name: 'headers.X-B', value } } }),
    ).toEqual({
      'x-a': 'plain',
      'x-b': 's3cret',
    })
  })

  it.each([
    [{ Host: 'x' }],
    [{ connection: 'x' }],
    [{ 'Content-Length': '1' }],
    [{ 'x-a': 's3cret\r\nx: y' }],
  ])('refuse headers that break the connection: %j', (headers) => {
    const read = () => headersOf({ headers })

    expect(read).toThrow(/cannot be set/)
    expect(read).not.toThrow(/s3cret/)
  })
})
