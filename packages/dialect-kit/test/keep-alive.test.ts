import { describe, expect, it } from 'vitest'
import { createKeepAlive } from '../src/index.ts'
import { textOf } from './support/pieces.ts'

describe('what keeps a client waiting', () => {
  const keepAlive = createKeepAlive(': still here\n\n')

  it.each([
    ['sse', ': still here\n\n'],
    ['json', ' '],
    ['json-array', ' '],
    ['opaque', ''],
  ] as const)('fits the framing %s', (framing, text) => {
    expect(textOf(keepAlive(framing))).toBe(text)
  })
})
