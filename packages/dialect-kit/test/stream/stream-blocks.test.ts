import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { StreamBlocks } from '../../src/index.ts'

const partsOf = (write: (blocks: StreamBlocks) => void, blocks = new StreamBlocks()) => {
  write(blocks)
  blocks.close()
  return blocks.take()
}

const state = { kind: 'thought-signature', data: 's' } as const

describe('blocks', () => {
  it('open with their first delta and close before the next', () => {
    const parts = partsOf((blocks) => {
      blocks.reasoning('think')
      blocks.reasoning('ing')
      blocks.text('')
      blocks.text('Hi')
    })

    expect(parts).toEqual<StreamPart[]>([
      { type: 'reasoning-start', id: 'r0', form: 'raw' },
      { type: 'reasoning-delta', id: 'r0', text: 'think' },
      { type: 'reasoning-delta', id: 'r0', text: 'ing' },
      { type: 'reasoning-end', id: 'r0' },
      { type: 'text-start', id: 't1' },
      { type: 'text-delta', id: 't1', text: 'Hi' },
      { type: 'text-end', id: 't1' },
    ])
  })

  it('carry the state that was attached, and what the protocol collected, once', () => {
    const blocks = new StreamBlocks({
      endState: (kind) => (kind === 'text' ? [] : [{ kind: 'signature', data: 'e' }]),
    })
    const parts = partsOf((open) => {
      open.reasoning('a')
      open.attach('reasoning', state)
      open.startReasoning('summary')
      open.text('b')
    }, blocks)

    expect(parts.filter(({ type }) => type.endsWith('-end'))).toEqual([
      { type: 'reasoning-end', id: 'r0', state: [state, { kind: 'signature', data: 'e' }] },
      { type: 'reasoning-end', id: 'r1', state: [{ kind: 'signature', data: 'e' }] },
      { type: 'text-end', id: 't2' },
    ])
  })

  it('open for state that comes alone', () => {
    expect(partsOf((blocks) => blocks.attach('text', state))).toEqual([
      { type: 'text-start', id: 't0' },
      { type: 'text-end', id: 't0', state: [state] },
    ])
  })

  it('close before what comes whole, and citations name the last text', () => {
    const parts = partsOf((blocks) => {
      blocks.text('a', { dialect: 'x', value: [1] })
      blocks.refusal('no')
      blocks.whole({ type: 'provider', dialect: 'x', value: 1 })
      blocks.whole({ type: 'image', source: { kind: 'url', url: 'u' } })
      blocks.source({ url: 'https://x.test' })
    })

    expect(parts.map(({ type }) => type)).toEqual([
      'text-start',
      'text-delta',
      'text-end',
      'refusal',
      'provider',
      'file',
      'source',
    ])
    expect(parts.at(-1)).toMatchObject({ id: 't0' })
    expect(parts[1]).toMatchObject({ logprobs: { dialect: 'x', value: [1] } })
  })

  it('tell whether anything has come', () => {
    const blocks = new StreamBlocks()
    blocks.text('')
    blocks.refusal('')
    blocks.add({ type: 'start' })

    expect(blocks.touched).toBe(false)
    expect(blocks.open).toBeUndefined()

    blocks.text('a')

    expect(blocks.touched).toBe(true)
    expect(blocks.open).toBe('text')
  })
})
