import { describe, expect, it } from 'vitest'
import { isMeaningful, type StreamPart } from '../../src/chat/stream-part.ts'
import { failure } from '../support/fake-pool.ts'

const state = [{ kind: 'signature', data: 's' }] as const

describe('the first meaningful part', () => {
  it.each<StreamPart>([
    { type: 'text-delta', id: 't', text: 'a' },
    { type: 'reasoning-delta', id: 't', text: 'a' },
    { type: 'refusal', text: 'a' },
    { type: 'tool-call-start', id: 't', callId: 'c', name: 'f', kind: 'function' },
    { type: 'tool-call-delta', id: 't', arguments: '' },
    { type: 'source', citation: {} },
    { type: 'file', file: { type: 'file', source: { kind: 'url', url: 'u' } } },
    { type: 'provider', part: { type: 'provider', dialect: 'd', value: null } },
    { type: 'reasoning-end', id: 't', state },
    { type: 'finish', reason: 'stop' },
  ])('may be %o', (part) => {
    expect(isMeaningful(part)).toBe(true)
  })

  it.each<StreamPart>([
    { type: 'start' },
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', text: '' },
    { type: 'text-end', id: 't' },
    { type: 'reasoning-start', id: 't', form: 'raw' },
    { type: 'reasoning-delta', id: 't', text: '' },
    { type: 'reasoning-end', id: 't', state: [] },
    { type: 'tool-call-end', id: 't' },
    { type: 'refusal', text: '' },
    { type: 'usage', usage: {} },
    { type: 'error', error: failure('upstream_error') },
  ])('is not %o', (part) => {
    expect(isMeaningful(part)).toBe(false)
  })
})
