import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBaseUrl, requestTarget } from '../src/base-url.ts'

const target = (url: string, path: string, defaultPath = '/v1'): string => {
  const base = parseBaseUrl(url, { defaultPath })
  return base.origin + requestTarget(base, path)
}

describe('base URLs', () => {
  it.each([
    ['https://api.acme.example', 'https://api.acme.example/v1/chat/completions'],
    ['https://api.acme.example/', 'https://api.acme.example/v1/chat/completions'],
    ['https://api.acme.example//', 'https://api.acme.example/v1/chat/completions'],
    ['https://api.acme.example/v1', 'https://api.acme.example/v1/chat/completions'],
    ['https://api.acme.example/v1/', 'https://api.acme.example/v1/chat/completions'],
    [' https://api.acme.example/v1 ', 'https://api.acme.example/v1/chat/completions'],
    [
      'https://open.acme.example/api/paas/v4',
      'https://open.acme.example/api/paas/v4/chat/completions',
    ],
    ['https://acme.example/proxy/openai', 'https://acme.example/proxy/openai/chat/completions'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/v1/chat/completions'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1/chat/completions'],
    ['HTTPS://API.Acme.Example:443/v1', 'https://api.acme.example/v1/chat/completions'],
  ])('%s', (url, expected) => {
    expect(target(url, '/chat/completions')).toBe(expected)
  })

  it('write a version once', () => {
    expect(target('https://a.example/v1', '/v1/images/generations')).toBe(
      'https://a.example/v1/images/generations',
    )
    expect(target('https://a.example', '/v1/files?limit=1')).toBe(
      'https://a.example/v1/files?limit=1',
    )
    expect(target('https://a.example/v1', '/v1')).toBe('https://a.example/v1')
    expect(target('https://a.example/v1', '/v1beta/x')).toBe('https://a.example/v1/v1beta/x')
    expect(target('https://a.example/v1beta', '/v1beta/models/m:x', '')).toBe(
      'https://a.example/v1beta/models/m:x',
    )
  })

  it.each([
    ['https://a.example', 'https://a.example/v1/messages'],
    ['https://a.example/', 'https://a.example/v1/messages'],
    ['https://a.example/v1', 'https://a.example/v1/messages'],
    ['https://a.example/v1beta/', 'https://a.example/v1beta/messages'],
    ['https://a.example/anthropic', 'https://a.example/anthropic/v1/messages'],
    ['https://a.example/anthropic/v1/?x=1', 'https://a.example/anthropic/v1/messages?x=1'],
  ])('get the version that they lack: %s', (url, expected) => {
    const base = parseBaseUrl(url, { version: '/v1' })

    expect(base.origin + requestTarget(base, '/messages')).toBe(expected)
  })

  it('keep their query', () => {
    expect(target('https://a.example/x?api-version=7', '/chat')).toBe(
      'https://a.example/x/chat?api-version=7',
    )
    expect(target('https://a.example/x?api-version=7', '/chat?beta=true')).toBe(
      'https://a.example/x/chat?beta=true&api-version=7',
    )
  })

  it('name host and port for messages', () => {
    expect(parseBaseUrl('https://a.example/v1').host).toBe('a.example:443')
    expect(parseBaseUrl('http://a.example').host).toBe('a.example:80')
    expect(parseBaseUrl('http://[::1]:8000').host).toBe('[::1]:8000')
  })

  it.each([
    ['sk-some-key', /is not an http/],
    ['', /is not an http/],
    ['ftp://a.example', /is not an http/],
    ['https://', /is not an http/],
    ['https://user:sk-some-key@a.example', /user name or password/],
    ['https://a.example/#sk-some-key', /contains a `#`/],
  ])('are refused without being quoted: %s', (url, words) => {
    const parse = () => parseBaseUrl(url, { setting: 'backends.acme.base_url' })

    expect(parse).toThrow(words)
    expect(parse).not.toThrow(/sk-some-key/)
    expect(parse).toThrow(/^backends\.acme\.base_url /)
  })

  it('never double a slash or a version', () => {
    const segment = fc.stringMatching(/^[a-z]{1,8}$/)
    const version = fc.constantFrom('v1', 'v4', 'v1beta')
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 3 }),
        version,
        fc.constantFrom('', '/', '//'),
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (prefix, ending, slashes, below, repeated) => {
          const path = [...prefix, ending].join('/')
          const request = [...(repeated ? [ending] : []), ...below].join('/')

          const url = target(`https://a.example/${path}${slashes}`, `/${request}`)

          expect(url).toBe(`https://a.example/${path}/${below.join('/')}`)
        },
      ),
    )
  })
})
