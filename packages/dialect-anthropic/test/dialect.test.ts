import { describe, expect, it } from 'vitest'
import { anthropicMessages, createAnthropicMessages, modelFacts } from '../src/index.ts'
import { textOf, violationsOf } from './support/bytes.ts'

describe('the dialect', () => {
  it('has a name by which calls are forwarded, variants included', () => {
    expect(anthropicMessages.name).toBe('anthropic-messages')
    expect(createAnthropicMessages({ maxTokens: 5 }).name).toBe('anthropic-messages')
  })

  it('says what it serves', () => {
    expect([...anthropicMessages.operations]).toEqual(['chat', 'count-tokens', 'opaque'])
  })

  it('keeps clients waiting with what they skip', () => {
    const ping = textOf(anthropicMessages.keepAlive('sse'))

    expect(ping).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    expect(violationsOf(ping)).toEqual(['event 1: the stream ends without `message_stop`'])
    expect(textOf(anthropicMessages.keepAlive('json'))).toBe(' ')
    expect(textOf(anthropicMessages.keepAlive('opaque'))).toBe('')
  })

  it('lets pass which API a call speaks, and no header that names an account or a credential', () => {
    expect(anthropicMessages.requestHeaders).toEqual(
      expect.arrayContaining(['anthropic-version', 'anthropic-beta']),
    )
    for (const name of [
      ...['authorization', 'cookie', 'x-api-key', 'anthropic-organization-id'],
      ...['anthropic-workspace-id', 'anthropic-user-profile-id'],
    ]) {
      expect(anthropicMessages.requestHeaders).not.toContain(name)
      expect(anthropicMessages.responseHeaders).not.toContain(name)
    }
  })
})

describe('facts of models', () => {
  it.each([
    [
      'claude-3-haiku-20240307',
      { thinking: 'none', maxOutputTokens: 4096, structuredOutput: false },
    ],
    ['claude-3-5-sonnet-20241022', { thinking: 'none', maxOutputTokens: 8192 }],
    ['claude-3-7-sonnet-latest', { thinking: 'budget', maxOutputTokens: 64_000, sampling: true }],
    [
      'claude-sonnet-4-20250514',
      { thinking: 'budget', maxOutputTokens: 64_000, structuredOutput: false },
    ],
    [
      'claude-opus-4-1-20250805',
      { thinking: 'budget', maxOutputTokens: 32_000, structuredOutput: true },
    ],
    ['claude-sonnet-4-5', { thinking: 'budget', maxOutputTokens: 64_000, structuredOutput: true }],
    ['anthropic.claude-opus-4-6-v1:0', { thinking: 'adaptive', sampling: true, midSystem: false }],
    ['claude-opus-4-8', { thinking: 'adaptive', sampling: false, midSystem: true }],
    ['claude-sonnet-5', { thinking: 'adaptive', sampling: false, maxOutputTokens: 128_000 }],
    ['glm-5', { thinking: 'budget', sampling: true, structuredOutput: false, midSystem: false }],
    ['claude-next', { thinking: 'budget', structuredOutput: false }],
  ])('%s', (model, facts) => {
    expect(modelFacts(model)).toMatchObject(facts)
  })
})
