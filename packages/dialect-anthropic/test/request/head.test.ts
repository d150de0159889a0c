import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import { bytes } from '../support/bytes.ts'
import { headOf, input, minimal } from '../support/requests.ts'

const { head, requestPath } = anthropicMessages

describe('the head of a call', () => {
  it('says what routing needs', () => {
    expect(headOf({ ...minimal, stream: true })).toMatchObject({
      ...{ operation: 'chat', model: 'claude-sonnet-4-5', stream: true },
      ...{ framing: 'sse', includeUsage: true },
    })
    expect(headOf({ messages: minimal.messages })).toMatchObject({ stream: false, framing: 'json' })
    expect(headOf({ messages: minimal.messages }).model).toBeUndefined()
  })

  it('of a count is never a stream', () => {
    expect(headOf({ ...minimal, stream: true }, 'count-tokens')).toMatchObject({
      ...{ operation: 'count-tokens', stream: false, framing: 'json' },
    })
  })

  it('of other calls is opaque, and names the model where one is to be seen', () => {
    const raw = { operation: 'opaque' } as const

    expect(head(input({ model: 'm', x: 1 }, raw))).toMatchObject({ framing: 'opaque', model: 'm' })
    expect(head(input({ requests: [] }, raw)).model).toBeUndefined()
    expect(head(input(undefined, raw)).document).toBeUndefined()
    expect(head(input(bytes('x'), raw)).document).toBeUndefined()
  })

  it.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [bytes('{'), undefined],
    [bytes('[]'), undefined],
    [{ ...minimal, messages: [] }, 'messages'],
    [{ ...minimal, messages: ['x'] }, 'messages[0]'],
    [{ model: 'm' }, 'messages'],
    [{ ...minimal, model: 5 }, 'model'],
    [{ ...minimal, model: ' ' }, 'model'],
    [{ ...minimal, max_tokens: '5' }, 'max_tokens'],
    [{ ...minimal, system: 5 }, 'system'],
    [{ ...minimal, stream: 'yes' }, 'stream'],
    [{ ...minimal, thinking: true }, 'thinking'],
    [{ ...minimal, tool_choice: 'auto' }, 'tool_choice'],
  ])('refuses %j for %s', (body, param) => {
    expect(() => head(input(body))).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        ...(param === undefined ? {} : { param }),
      }),
    )
  })
})

describe('the path of a call', () => {
  const base = { model: 'm', stream: false, framing: 'json' } as const

  it('is the protocol’s own', () => {
    expect(requestPath({ ...base, operation: 'chat' })).toBe('/messages')
    expect(requestPath({ ...base, operation: 'count-tokens' })).toBe('/messages/count_tokens')
  })

  it.each([
    ['/v1/files', '', '/files'],
    ['/anthropic/v1/files/f', 'beta=true', '/files/f?beta=true'],
    ['/files', '', '/files'],
  ])('is the client’s for what nobody looks into: %s?%s', (path, query, expected) => {
    const call = input({}, { operation: 'opaque', path, query })

    expect(requestPath({ ...base, operation: 'opaque', input: call })).toBe(expected)
    expect(() => requestPath({ ...base, operation: 'opaque' })).toThrow(TypeError)
  })
})
