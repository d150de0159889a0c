import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat, openaiCompletions } from '../src/index.ts'
import { textOf } from './support/bytes.ts'

describe('the dialects', () => {
  it('have names by which calls are forwarded, variants included', () => {
    expect(openaiChat.name).toBe('openai-chat')
    expect(createOpenAIChat({ maxTokens: 'max_tokens' }).name).toBe('openai-chat')
    expect(openaiCompletions.name).toBe('openai-completions')
  })

  it('say what they serve', () => {
    expect([...openaiChat.operations]).toEqual(['chat', 'embeddings', 'opaque'])
    expect([...openaiCompletions.operations]).toEqual(['completions'])
  })

  it('keep clients waiting with what they skip', () => {
    expect(textOf(openaiChat.keepAlive('sse'))).toBe(': keep-alive\n\n')
    expect(textOf(openaiChat.keepAlive('json'))).toBe(' ')
    expect(textOf(openaiChat.keepAlive('opaque'))).toBe('')
  })

  it('let no header by that names an account or a credential', () => {
    for (const name of [
      'authorization',
      'cookie',
      'openai-organization',
      'openai-project',
      'x-api-key',
    ]) {
      expect(openaiChat.requestHeaders).not.toContain(name)
      expect(openaiChat.responseHeaders).not.toContain(name)
    }
  })
})
