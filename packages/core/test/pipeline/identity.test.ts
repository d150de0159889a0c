import { describe, expect, it } from 'vitest'
import type { CallHead, CallInput } from '../../src/call.ts'
import type { JsonValue } from '../../src/json-value.ts'
import {
  affinityKeyOf,
  type Identity,
  type IdentitySource,
  openingOf,
  sessionOf,
} from '../../src/pipeline/identity.ts'
import { createFakeDialect } from '../support/fake-dialect.ts'

interface Given {
  readonly headers?: CallInput['headers']
  readonly principal?: string
  readonly address?: string
  readonly body?: string
  readonly fields?: Readonly<Record<string, JsonValue>>
  readonly spans?: () => never
  readonly inherited?: Identity
}

/** The system prompt stands between brackets, the first user message between braces. */
function source(given: Given) {
  const { headers = {}, principal = 'p', address = 'a', body, fields, spans, inherited } = given
  const dialect = createFakeDialect('fake')
  const bytes = Buffer.from(body ?? '')
  const find = (open: string, close: string) => ({
    start: bytes.indexOf(open),
    end: bytes.indexOf(close),
  })
  const input = {
    headers,
    clientAddress: address,
    dialect: {
      ...dialect,
      spans:
        spans ??
        (() => ({
          system: find('[', ']'),
          messages: [{ role: 'user', texts: [], others: 0, ...find('{', '}') }],
        })),
    },
  } as unknown as CallInput
  const head = { model: 'm', document: {} } as unknown as CallHead
  const identity: IdentitySource = {
    input,
    head,
    principal: { id: principal, name: 'n' },
    body: body === undefined ? undefined : bytes,
    field: (name) => fields?.[name],
    opening: () => openingOf({ input, head, body: body === undefined ? undefined : bytes }),
    inherited,
  }
  return identity
}

const session = (given: Given) => sessionOf(source(given))
const affinity = (given: Given) => affinityKeyOf(source(given))

describe('the session', () => {
  it('is what a header names, always with the caller', () => {
    const headers = { 'x-jackfield-session': 's' }

    expect(session({ headers, body: '[a]{b}' })).toBe(session({ headers, body: 'other' }))
    expect(session({ headers })).not.toBe(session({ headers, principal: 'q' }))
    expect(session({ headers })).toBe(session({ headers, address: 'b' }))
  })

  it('is the opening of the conversation otherwise, with caller and address', () => {
    const body = '[system]{first}'

    expect(session({ body })).toBe(session({ body: `${body} and more` }))
    expect(session({ body })).not.toBe(session({ body: '[system]{other}' }))
    expect(session({ body })).not.toBe(session({ body, address: 'b' }))
    expect(session({ body })).not.toBe(session({ body, principal: 'q' }))
  })

  it('is never what the body says of its user', () => {
    const body = '[s]{u}'

    expect(session({ body, fields: { user: 'x' } })).toBe(session({ body, fields: { user: 'y' } }))
  })

  it.each([
    'user_0f_account_1e_session_5a',
    '{"device_id":"d","account_uuid":"a","session_id":"5a"}',
  ])('is the one inside what an agent sends as its user: %s', (user_id) => {
    const fields = { metadata: { user_id } }

    expect(session({ body: '[s]{u}', fields })).toBe(session({ body: '[t]{v}', fields }))
    expect(session({ fields })).toBe(session({ headers: { 'x-session-id': '5a' } }))
    expect(session({ fields })).not.toBe(session({ fields, principal: 'q' }))
  })

  it.each([
    'me',
    'user_session_',
    '{"session_id":""}',
    '{"session_id":7}',
    '{broken',
    '[]',
    `_session_${'x'.repeat(2_000)}`,
  ])('is not made of a user without one: %.20s', (user_id) => {
    const fields = { metadata: { user_id } }

    expect(session({ body: '[s]{u}', fields })).toBe(session({ body: '[s]{u}' }))
  })

  it.each([0, 600, 5_000, 9_999])('tells long openings apart that differ at %i only', (at) => {
    const text = 'x'.repeat(10_000)
    const other = `${text.slice(0, at)}y${text.slice(at + 1)}`

    expect(session({ body: `[${text}]{u}` })).not.toBe(session({ body: `[${other}]{u}` }))
    expect(session({ body: `[${text}]{u}` })).toBe(session({ body: `[${text}]{u} more` }))
  })

  it('is not mixed up by pieces that could be read as others', () => {
    expect(session({ body: '[ab]{c}' })).not.toBe(session({ body: '[a]{bc}' }))
  })
})

describe('what an answer that is continued hands on', () => {
  const inherited = { session: 'a session', affinityKey: 'an affinity key' }

  it('stands for the opening of the conversation, whoever sends it from where', () => {
    expect(session({ body: '[a]{b}', inherited })).toBe('a session')
    expect(session({ address: 'b', inherited })).toBe('a session')
    expect(affinity({ body: '[a]{b}', inherited })).toBe('an affinity key')
  })

  it('does not stand for a session that the call names', () => {
    const headers = { session_id: 's' }
    const fields = { metadata: { user_id: 'u_session_5a' } }

    expect(session({ headers, inherited })).toBe(session({ headers }))
    expect(affinity({ headers, inherited })).toBe(affinity({ headers }))
    expect(session({ fields, inherited })).toBe(session({ headers: { session_id: '5a' } }))
    expect(affinity({ fields, inherited })).toBe(affinity({ fields }))
  })

  it('is the session although the call hints at a prompt cache', () => {
    const fields = { user: 'u', prompt_cache_key: 'k' }

    expect(session({ fields, inherited })).toBe('a session')
    expect(affinity({ fields, inherited })).toBe(affinity({ fields }))
  })
})

describe('the affinity key', () => {
  it.each([
    ['prompt_cache_key', { prompt_cache_key: 'k' }],
    ['metadata.user_id', { metadata: { user_id: 'k' } }],
    ['user', { user: 'k' }],
  ])('is %s, whatever the conversation', (_, fields) => {
    expect(affinity({ fields, body: '[a]{b}' })).toBe(affinity({ fields, body: '[c]{d}' }))
    expect(affinity({ fields, body: 'x' })).not.toBe(affinity({ body: 'x' }))
    expect(affinity({ fields })).not.toBe(affinity({ fields, principal: 'q' }))
  })

  it('does not look at the address, and takes no field of another type', () => {
    const body = '[a]{b}'

    expect(affinity({ body })).toBe(affinity({ body, address: 'b' }))
    expect(affinity({ body, fields: { user: 7, metadata: [] } })).toBe(affinity({ body }))
  })

  it('is never the session, and shows nothing of what it is made of', () => {
    const headers = { 'x-session-id': 'secret-name' }

    expect(affinity({ headers })).not.toBe(session({ headers }))
    expect(affinity({ headers })).toMatch(/^[\w-]{22}$/)
  })

  it('of a conversation of an unknown shape is that of its model', () => {
    const spans = () => {
      throw new Error('odd')
    }

    expect(affinity({ body: 'a', spans })).toBe(affinity({ body: 'b', spans }))
  })
})
