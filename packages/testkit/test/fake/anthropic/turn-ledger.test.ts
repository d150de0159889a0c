import { describe, expect, it } from 'vitest'
import type { AnthropicBlock } from '../../../src/fake/anthropic/anthropic-answer.ts'
import type { Turn } from '../../../src/fake/anthropic/conversation.ts'
import { turnLedger } from '../../../src/fake/anthropic/turn-ledger.ts'

const call = (id: string): AnthropicBlock => ({ type: 'tool_use', id, name: 'f', input: '{}' })
const thought = (signature: string): AnthropicBlock => ({
  type: 'thinking',
  thinking: 'x',
  signature,
})
const turn = (...blocks: readonly Record<string, unknown>[]): Turn => ({
  role: 'assistant',
  blocks: blocks.map((block) => ({ at: '', block })),
})

describe('turnLedger', () => {
  it('knows turns by the calls in them, within one scope', () => {
    const ledger = turnLedger()
    ledger.remember({ blocks: [thought('s'), call('a')] }, 'one')
    ledger.remember({ blocks: [call('b'), thought('t')] }, 'one')

    expect(ledger.beganWithThinking(turn({ id: 'a' }), 'one')).toBe(true)
    expect(ledger.beganWithThinking(turn({ id: 'b' }), 'one')).toBe(false)
    expect(ledger.beganWithThinking(turn({ id: 'a' }), 'two')).toBe(false)
    expect(ledger.isWhole(turn({ id: 'a' }), 'one')).toBe(false)
    expect(ledger.isWhole(turn({ id: 'a' }), 'two')).toBe(true)
    expect(ledger.isWhole(turn({ type: 'thinking', signature: 's' }, { id: 'a' }), 'one')).toBe(
      true,
    )
  })

  it('asks for the thinking of all answers that make up a turn, in order', () => {
    const ledger = turnLedger()
    ledger.remember({ blocks: [thought('s'), call('a')] }, '')
    ledger.remember({ blocks: [thought('t'), call('b')] }, '')
    const [s, t] = ['s', 't'].map((signature) => ({ type: 'thinking', signature }))
    const whole = [s ?? {}, { id: 'a' }, t ?? {}, { id: 'b' }]

    expect(ledger.isWhole(turn(...whole), '')).toBe(true)
    expect(ledger.isWhole(turn(...whole.filter((block) => block !== t)), '')).toBe(false)
  })

  it('forgets the oldest calls when there are too many', () => {
    const ledger = turnLedger()
    ledger.remember({ blocks: [thought('s'), call('old')] }, '')
    const many = Array.from({ length: 99_999 }, (_, index) => call(`c${index}`))
    ledger.remember({ blocks: [thought('s'), ...many] }, '')
    const before = ledger.beganWithThinking(turn({ id: 'old' }), '')
    ledger.remember({ blocks: [call('new')] }, '')

    expect(before).toBe(true)
    expect(ledger.beganWithThinking(turn({ id: 'old' }), '')).toBe(false)
    expect(ledger.beganWithThinking(turn({ id: 'c0' }), '')).toBe(true)
  })
})
