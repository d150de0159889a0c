import { inspect } from 'node:util'
import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { networkError, timeoutError } from '../../src/errors/network-error.ts'
import { ProxyRefusal } from '../../src/transport/proxy.ts'

const upstream = { backend: 'acme', target: 'ACME_API_KEY', host: 'api.acme.example:443' }

function coded(code: string): Error {
  return Object.assign(new Error(`connect ${code} 192.0.2.1:443`), { code })
}

describe('networkError', () => {
  it.each([
    ['ENOTFOUND', 'upstream_unreachable', 'its host name has no address'],
    ['EAI_AGAIN', 'upstream_unreachable', 'could not be looked up'],
    ['ECONNREFUSED', 'upstream_unreachable', 'was refused'],
    ['ENETUNREACH', 'upstream_unreachable', 'no route'],
    ['ETIMEDOUT', 'upstream_timeout', 'was not answered'],
    ['EMFILE', 'upstream_unreachable', 'no file descriptor'],
    ['CERT_HAS_EXPIRED', 'upstream_unreachable', 'has expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_unreachable', 'is self-signed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream_unreachable', 'belongs to another host'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'upstream_unreachable', 'TLS handshake failed'],
    ['EPROTO', 'upstream_unreachable', 'TLS handshake failed'],
    ['UND_ERR_HEADERS_OVERFLOW', 'upstream_invalid_response', '64 KB of headers'],
    ['HPE_INVALID_CONSTANT', 'upstream_invalid_response', 'not HTTP/1.1'],
  ] as const)('puts %s into words', (code, kind, words) => {
    const error = networkError(coded(code), 'connecting', upstream)

    expect(error.code).toBe(kind)
    expect(error.message).toContain('acme (api.acme.example:443) failed')
    expect(error.message).toContain(words)
    expect(error.message).toContain(code)
    expect(error.upstream).toEqual({ backend: 'acme', target: 'ACME_API_KEY' })
  })

  it.each([
    ['connecting', 'no connection could be made'],
    ['waiting', 'closed the connection without an answer'],
    ['answering', 'closed the connection in the middle of its answer'],
  ] as const)('tells what a reset means while %s', (progress, words) => {
    const error = networkError(coded('ECONNRESET'), progress, upstream)

    expect(error).toMatchObject({ code: 'upstream_unreachable' })
    expect(error.message).toContain(words)
  })

  it('looks into the first of several failed addresses', () => {
    const error = networkError(
      new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]),
      'connecting',
      upstream,
    )

    expect(error.message).toContain('was refused')
  })

  it('names the proxy and what it may want', () => {
    const through = { ...upstream, proxy: 'proxy.example:3128' }

    expect(networkError(new ProxyRefusal(407), 'connecting', through).message).toBe(
      'The proxy proxy.example:3128 refused the way to api.acme.example:443 (407). Check its user name and password.',
    )
    expect(networkError(coded('ECONNREFUSED'), 'connecting', through).message).toContain(
      'through proxy proxy.example:3128',
    )
  })

  it('keeps no reference to sockets or pieces of the answer', () => {
    const original = Object.assign(coded('HPE_INVALID_CONSTANT'), { data: 'piece of the answer' })

    const error = networkError(original, 'waiting', upstream)

    expect(error.cause).not.toBe(original)
    expect(inspect(error, { depth: 9 })).not.toContain('piece of the answer')
  })

  it('passes errors of ours on', () => {
    const ours = new GatewayError('client_closed_request', 'Gone.')

    expect(networkError(ours, 'answering', upstream)).toBe(ours)
  })

  it('takes a request that cannot be written for a bug', () => {
    expect(networkError(coded('UND_ERR_INVALID_ARG'), 'connecting', upstream).code).toBe('internal')
  })

  it('copes with anything thrown', () => {
    expect(networkError('nonsense', 'connecting', upstream).code).toBe('upstream_unreachable')
    expect(networkError(undefined, 'connecting', upstream).code).toBe('upstream_unreachable')
  })
})

describe('timeoutError', () => {
  it.each([
    ['connect', 10_000, 'no connection stood after 10 s (timeouts.connect)'],
    ['first_byte', 1_500, 'no answer began after 1.5 s (timeouts.first_byte)'],
    ['idle', 250, 'its answer stood still for 250 ms (timeouts.idle)'],
    ['total', 60_000, 'its answer was not complete after 60 s (timeouts.total)'],
  ] as const)('names the limit %s and its value', (limit, ms, words) => {
    const error = timeoutError(limit, ms, upstream)

    expect(error.code).toBe('upstream_timeout')
    expect(error.message).toBe(`acme (api.acme.example:443) took too long: ${words}.`)
  })
})
