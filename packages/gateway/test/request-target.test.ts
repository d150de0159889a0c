import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestTarget, targetProblem } from '../src/request-target.ts'

describe('requestTarget', () => {
  it('splits path and query', () => {
    expect(requestTarget('/v1/models?limit=2&a=b?c', '')).toEqual({
      path: '/v1/models',
      query: 'limit=2&a=b?c',
    })
  })

  it('leaves the path as the client escaped it', () => {
    expect(requestTarget('/v1/models/a%2Fb', '').path).toBe('/v1/models/a%2Fb')
  })

  it('takes the prefix off that the plugin is mounted at', () => {
    expect(requestTarget('/llm/v1/models', '/llm').path).toBe('/v1/models')
    expect(requestTarget('/llm', '/llm').path).toBe('/')
  })

  it('reads the absolute form that clients send to proxies', () => {
    expect(requestTarget('http://host:8000/v1/models?x', '')).toEqual({
      path: '/v1/models',
      query: 'x',
    })
    expect(requestTarget('http://host', '').path).toBe('/')
  })

  it('reads several slashes as one, but not in the query', () => {
    expect(requestTarget('//v1///models?u=http://x', '')).toEqual({
      path: '/v1/models',
      query: 'u=http://x',
    })
  })
})

describe('targetProblem', () => {
  it.each([
    '/v1/models/%zz',
    '/v1/models/%E4',
    '/v1/models/a%',
    '/v1/files/%00',
    '/v1/files/a%0d%0ahost:b',
    '/v1/files/..',
    '/v1/files/../models',
    '/v1/files/./a',
    '/v1/files/%2e%2E/secrets',
    '/v1/files/..%2fsecrets',
    '/v1/files/..\\secrets',
    '/v1/files/..%5csecrets',
    '/v1/files/a#b',
    '/v1/files/a\u0001',
    '/v1/models?after=%',
    '/v1/models?after=%zz',
  ])('refuses %j', (url) => {
    expect(targetProblem(url)).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  it.each([
    '/v1/models',
    '/v1/models/org%2Fname%3A8b',
    '/v1/models/llama3.1:8b-instruct',
    '/v1/models/a..b/.hidden/c.',
    '/v1/models/f%C3%BCr',
    '/v1/models?after=a%20b&path=../x',
  ])('accepts %j', (url) => {
    expect(targetProblem(url)).toBeUndefined()
  })

  it('lets no path through that leaves its base when a provider resolves it', () => {
    const piece = fc.constantFrom('..', '.', '%2e', '%2E', '/', '%2f', '\\', '%5c', 'a', '%00', '?')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = `/v1/files/${pieces.join('')}`
        if (targetProblem(url) !== undefined) return
        const { path } = requestTarget(url, '')
        const decoded = new URL(`http://host${decodeURIComponent(path)}`)
        expect(decoded.pathname.startsWith('/v1/files/')).toBe(true)
      }),
    )
  })
})
