import { describe, expect, it } from 'vitest'
import { createGemini, gemini, googleModelFacts } from '../src/index.ts'
import { textOf } from './support/bytes.ts'

describe('the dialect', () => {
  it('has a name by which calls are forwarded, variants included', () => {
    expect(gemini.name).toBe('gemini')
    expect(createGemini({ signaturePlaceholder: 'x' }).name).toBe('gemini')
  })

  it('says what it serves', () => {
    expect([...gemini.operations]).toEqual(['chat', 'count-tokens', 'embeddings', 'opaque'])
  })

  it('keeps clients waiting with what they skip', () => {
    expect(textOf(gemini.keepAlive('sse'))).toBe(': keep-alive\r\n\r\n')
    expect(textOf(gemini.keepAlive('json'))).toBe(' ')
    expect(textOf(gemini.keepAlive('json-array'))).toBe(' ')
    expect(textOf(gemini.keepAlive('opaque'))).toBe('')
  })

  it('lets no header by that names an account or a credential', () => {
    for (const name of ['authorization', 'cookie', 'x-goog-api-key', 'x-goog-user-project']) {
      expect(gemini.requestHeaders).not.toContain(name)
      expect(gemini.responseHeaders).not.toContain(name)
    }
  })
})

describe('what Google’s models take', () => {
  it.each<[string, object]>([
    [
      'gemini-3-pro-preview',
      { thinking: 'level', levels: ['low', 'high'], requiresSignatures: true },
    ],
    ['gemini-3.1-pro', { levels: ['low', 'medium', 'high'], mixesTools: true }],
    ['gemini-3-flash', { levels: ['minimal', 'low', 'medium', 'high'], resultMedia: true }],
    ['google/gemini-3-flash', { thinking: 'level' }],
    ['gemini-pro-latest', { thinking: 'level' }],
    ['gemini-2.5-pro', { thinking: 'budget', budgetRange: { min: 128, max: 32_768, off: false } }],
    ['gemini-2.5-flash', { budgetRange: { min: 1, max: 24_576, off: true }, mixesTools: false }],
    ['gemini-2.5-flash-lite', { budgetRange: { min: 512, max: 24_576, off: true } }],
    ['gemini-2.5-flash-image', { thinking: 'none', requiresSignatures: false }],
    ['gemini-3-pro-image', { thinking: 'none', requiresSignatures: true }],
    ['gemini-2.0-flash', { thinking: 'none', jsonSchema: true }],
    ['gemini-1.5-pro', { thinking: 'none', jsonSchema: false }],
    ['gemma-3-27b-it', { thinking: 'none', requiresSignatures: false }],
    ['tunedModels/mine', { thinking: 'none', requiresSignatures: true }],
  ])('%s', (model, facts) => {
    expect(googleModelFacts(model)).toMatchObject(facts)
  })
})
