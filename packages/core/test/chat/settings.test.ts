import { describe, expect, it } from 'vitest'
import type { CallParameters } from '../../src/chat/parameters.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import { withSettings } from '../../src/chat/settings.ts'

const request: ChatRequest = { model: 'm', messages: [], stream: false, includeUsage: false }

function apply(
  own: Partial<ChatRequest>,
  settings: { readonly overrides?: CallParameters; readonly defaults?: CallParameters },
): ChatRequest {
  return withSettings({ ...request, ...own }, { overrides: {}, defaults: {}, ...settings })
}

describe('settings from outside a request', () => {
  it('leave it as it is where there are none', () => {
    expect(withSettings(request, { overrides: {}, defaults: {} })).toBe(request)
  })

  it('stand above the request, or below it', () => {
    const own = { temperature: 1, topP: 0.5 }

    expect(apply(own, { overrides: { temperature: 0 } })).toMatchObject({
      temperature: 0,
      topP: 0.5,
    })
    expect(apply(own, { defaults: { temperature: 0, topK: 3 } })).toMatchObject({
      temperature: 1,
      topK: 3,
    })
    expect(apply({}, { defaults: { verbosity: 'low' }, overrides: { verbosity: 'high' } })).toEqual(
      {
        ...request,
        verbosity: 'high',
      },
    )
  })

  it('replace the whole amount of reasoning, and keep how it is shown', () => {
    const own = { reasoning: { budget: 1_000, show: 'summary' } } as const

    expect(apply(own, { overrides: { reasoningEffort: 'low' } }).reasoning).toEqual({
      effort: 'low',
      show: 'summary',
    })
  })

  it('give an amount of reasoning only where the request says none', () => {
    const defaults = { reasoningEffort: 'high' } as const

    expect(apply({}, { defaults }).reasoning).toEqual({ effort: 'high' })
    expect(apply({ reasoning: { show: true } }, { defaults }).reasoning).toEqual({
      effort: 'high',
      show: true,
    })
    for (const reasoning of [{ budget: 1_000 }, { enabled: false }, { effort: 'low' }] as const) {
      expect(apply({ reasoning }, { defaults }).reasoning).toEqual(reasoning)
    }
  })

  it('do not change the request itself', () => {
    const own = Object.freeze({ ...request, reasoning: Object.freeze({ show: true }) })

    expect(() =>
      withSettings(own, { overrides: { topK: 1 }, defaults: { reasoningEffort: 'max' } }),
    ).not.toThrow()
  })
})
