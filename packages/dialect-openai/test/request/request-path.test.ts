import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { input } from '../support/requests.ts'

const request = { model: 'm', stream: false, framing: 'json' } as const

describe('the path of a request', () => {
  it.each([
    ['chat', '/chat/completions'],
    ['completions', '/completions'],
    ['embeddings', '/embeddings'],
  ] as const)('of %s is %s', (operation, path) => {
    expect(openaiChat.requestPath({ ...request, operation })).toBe(path)
  })

  it.each([
    ['/v1/images/generations', '', '/images/generations'],
    ['/rerank', '', '/rerank'],
    ['/v1/files', 'limit=2', '/files?limit=2'],
    ['/v1beta/x', '', '/v1beta/x'],
  ])('of an opaque call is its own: %s?%s', (path, query, expected) => {
    const call = { ...input(undefined), path, query }

    expect(openaiChat.requestPath({ ...request, operation: 'opaque', input: call })).toBe(expected)
  })
})
