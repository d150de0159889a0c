import { type Credential, Secret, type WireRequest } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { RequestHeaders } from '../src/request-headers.ts'
import type { Surface } from '../src/surface.ts'
import { wireRequest } from './doubles/backend.ts'
import { stubDialect } from './doubles/stub-dialect.ts'

interface Built {
  readonly surface?: Partial<Surface>
  readonly request?: Partial<WireRequest>
  readonly credential?: Credential
}

/** Headers by name; several values of one name are joined by `+`. */
function build({ surface, request, credential }: Built = {}): Record<string, string> {
  const whole: Surface = {
    name: 'main',
    dialect: stubDialect(),
    operations: ['chat'],
    baseUrl: 'https://api.acme.example',
    auth: 'bearer',
    streaming: 'native',
    forwards: true,
    ...surface,
  }
  const list = new RequestHeaders(whole, 'jackfield/1').build(wireRequest(request), credential)
  const headers: Record<string, string> = {}
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] ?? ''
    headers[name] =
      headers[name] === undefined ? `${list[at + 1]}` : `${headers[name]}+${list[at + 1]}`
  }
  return headers
}

const credential: Credential = { secret: new Secret('sk-1') }

describe('RequestHeaders', () => {
  it('send the credential as the surface says', () => {
    const withAuth = (auth: Surface['auth']) => build({ surface: { auth }, credential })

    expect(withAuth('bearer')['authorization']).toBe('Bearer sk-1')
    expect(withAuth({ header: 'x-api-key' })['x-api-key']).toBe('sk-1')
    expect(withAuth(({ secret }) => ({ 'X-Signed': `<${secret.reveal()}>` }))['x-signed']).toBe(
      '<sk-1>',
    )
    expect(JSON.stringify(withAuth('none'))).not.toContain('sk-1')
    expect(build({ surface: { auth: 'bearer' } })).not.toHaveProperty('authorization')
  })

  it('send defaults where neither client, surface nor account say otherwise', () => {
    const version = (built: Built) =>
      build({ ...built, surface: { defaultHeaders: { 'X-Version': '1' }, ...built.surface } })[
        'x-version'
      ]

    expect(version({})).toBe('1')
    expect(version({ request: { headers: { 'x-version': '2' } } })).toBe('2')
    expect(version({ surface: { headers: { 'X-Version': '3' } } })).toBe('3')
    expect(version({ credential: { ...credential, headers: { 'X-Version': '4' } } })).toBe('4')
  })

  it('never send what belongs to the connection or to the client’s own credential', () => {
    const headers = {
      authorization: 'Bearer client',
      'x-api-key': 'client',
      'x-goog-api-key': 'client',
      'api-key': 'client',
      cookie: 'client',
      'proxy-authorization': 'client',
      connection: 'close',
      'content-length': '99',
      expect: '100-continue',
      host: 'client',
      te: 'client',
      'transfer-encoding': 'chunked',
      upgrade: 'client',
      'accept-encoding': 'gzip',
      'x-fine': 'yes',
    }

    expect(build({ request: { headers } })).toEqual({
      'accept-encoding': 'identity',
      'x-fine': 'yes',
      'user-agent': 'jackfield/1',
      accept: 'application/json',
      'content-type': 'application/json',
    })
  })

  it('put the surface’s headers above a client’s, and the account’s above both', () => {
    const headers = build({
      surface: { headers: { 'X-Title': 'ours', 'user-agent': 'special' } },
      request: {
        headers: { 'x-title': 'theirs', 'user-agent': 'theirs', 'openai-project': 'theirs' },
      },
      credential: { ...credential, headers: { 'OpenAI-Project': 'account' } },
    })

    expect(headers).toMatchObject({
      'x-title': 'ours',
      'user-agent': 'special',
      'openai-project': 'account',
    })
  })

  it('keep what a client may say: type, accept, agent, repeated values', () => {
    const headers = {
      'content-type': 'multipart/form-data; boundary=x',
      accept: 'audio/mpeg',
      'user-agent': 'client/2',
      'x-many': ['a', 'b'],
    }

    expect(build({ request: { headers } })).toMatchObject({ ...headers, 'x-many': 'a+b' })
  })

  it.each([
    ['json', 'application/json'],
    ['sse', 'text/event-stream'],
    ['json-array', 'application/json'],
    ['opaque', '*/*'],
  ] as const)('accept what fits %s', (framing, accept) => {
    expect(build({ request: { framing } })['accept']).toBe(accept)
  })

  it('describe no body where there is none', () => {
    const { body: _, ...rest } = wireRequest()
    const list = new RequestHeaders(
      {
        name: 'main',
        dialect: stubDialect(),
        operations: [],
        baseUrl: '',
        auth: 'none',
        streaming: 'native',
        forwards: true,
      },
      'jackfield/1',
    ).build({ ...rest, method: 'GET' }, undefined)

    expect(list).not.toContain('content-type')
  })
})
