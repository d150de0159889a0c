import { expect, it } from 'vitest'
import { toolWord } from '../../src/index.ts'

it.each([
  [{ type: 'web_search', name: 'x' }, 'web_search'],
  [{ name: 'x' }, 'x'],
  [{ googleSearch: {} }, 'googleSearch'],
  [{}, 'tool'],
] as const)('a tool of a provider is told as its clients know it: %j', (value, word) => {
  expect(toolWord({ value })).toBe(word)
})
