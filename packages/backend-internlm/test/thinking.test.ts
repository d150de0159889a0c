import type { JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { lastRequest, setUp } from './set-up.ts'

const asked: readonly (readonly [request: JsonObject, thinks: boolean])[] = [
  [{ reasoning_effort: 'none' }, false],
  [{ reasoning_effort: 'minimal' }, true],
  [{ reasoning_effort: 'low' }, true],
  [{ reasoning_effort: 'high' }, true],
  [{ thinking: { type: 'enabled' } }, true],
  [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, true],
  [{ thinking: { type: 'disabled' } }, false],
  [{ thinking_mode: true }, true],
  [{ thinking_mode: false }, false],
  [{ enable_thinking: false }, false],
  [{ reasoning: { effort: 'none' } }, false],
  [{ reasoning: { enabled: true } }, true],
  [{ thinking_budget: 0 }, false],
]

describe('deep thinking', () => {
  it.each(asked)('is asked for as the request says: %o gives %s', async (request, thinks) => {
    for (const byDefault of [true, false]) {
      await using there = await setUp({ options: { thinking_mode: byDefault } })

      await there.chat(request)

      expect(lastRequest(there)['thinking_mode']).toBe(thinks)
    }
  })

  it.each([true, false])('is the option’s where the request says nothing: %s', async (option) => {
    await using there = await setUp({ options: { thinking_mode: option } })

    await there.chat()

    expect(lastRequest(there)['thinking_mode']).toBe(option)
  })

  it('is on where nobody says anything, and said so', async () => {
    await using there = await setUp()

    await there.chat({ stream: true })

    expect(lastRequest(there)['thinking_mode']).toBe(true)
  })

  it('is asked for in the vendor’s word only', async () => {
    await using there = await setUp()

    const { headers } = await there.chat({ reasoning_effort: 'high' })

    expect(Object.keys(lastRequest(there)).toSorted()).toEqual([
      'messages',
      'model',
      'stream',
      'thinking_mode',
    ])
    expect(headers['x-jackfield-dropped']).toBeUndefined()
  })
})
