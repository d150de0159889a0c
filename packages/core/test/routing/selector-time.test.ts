import { describe, expect, it } from 'vitest'
import { parseSelector } from '../../src/routing/selector.ts'
import { context } from './selector-context.ts'

const starts = ['', 'a', 'a?', '[', '[weight=', 'hybrid:[', 'hybrid:[a,', 'openai:', 'openai.']
const repeated = [
  ...['[', ']', '|', '^', '!', '?', '&', ',', ':', '/', '.', '=', '%', ' ', 'a', 'é', '😀'],
  ...['a|', 'a |', '%21', '%2', 'x&', '?x&', 'hybrid:[', 'hybrid:[a,', '[1m]', 'a[1m', 'openai:'],
  ...['[weight=1]', '[weight=1]a^', 'weight=1,', 'temperature=1&', 'reasoning_effort=', ' a'],
]

function milliseconds(text: string): number {
  const start = performance.now()
  parseSelector(text, context)
  return performance.now() - start
}

describe('parseSelector', () => {
  // Reading 100 KB once takes about a millisecond; reading it again for each character would take many seconds.
  it.each(repeated)('reads 100 KB of %j in linear time', (piece) => {
    for (const start of starts) {
      const text = `${start}${piece.repeat(102_400 / piece.length)}`.slice(0, 102_400)

      expect(Math.min(milliseconds(text), milliseconds(text))).toBeLessThan(250)
    }
  })
})
