import { GatewayError, responseParts, type StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { PartGrammar } from '../../src/contract/part-grammar.ts'

const start: StreamPart = { type: 'start' }
const finish: StreamPart = { type: 'finish', reason: 'stop' }
const error: StreamPart = { type: 'error', error: new GatewayError('upstream_error', 'no') }
const open = (id: string): StreamPart => ({ type: 'text-start', id })
const delta = (id: string): StreamPart => ({ type: 'text-delta', id, text: 'x' })
const close = (id: string): StreamPart => ({ type: 'text-end', id })
const think = (id: string): StreamPart => ({ type: 'reasoning-start', id, form: 'raw' })
const call = (id: string): StreamPart => ({
  type: 'tool-call-start',
  id,
  callId: id,
  name: 'f',
  kind: 'function',
})
const endCall = (id: string): StreamPart => ({ type: 'tool-call-end', id })

function problemsOf(parts: readonly StreamPart[]): readonly string[] {
  const grammar = new PartGrammar()
  grammar.push(parts)
  return grammar.problems
}

describe('the grammar of parts', () => {
  it.each<readonly StreamPart[]>([
    [start, finish],
    [start, open('a'), delta('a'), close('a'), open('b'), close('b'), finish],
    [start, call('a'), call('b'), endCall('a'), endCall('b'), finish],
    [start, open('a'), call('b'), delta('a'), close('a'), endCall('b'), finish],
    [start, open('a'), error],
    [error],
  ])('accepts %j', (...parts) => {
    expect(problemsOf(parts)).toEqual([])
  })

  it('accepts what the core makes of a whole answer', () => {
    const response = {
      content: [
        { type: 'reasoning', text: 'Hm.', form: 'raw' },
        { type: 'text', text: 'word '.repeat(40) },
        { type: 'tool-call', callId: 'c', name: 'f', kind: 'function', arguments: '{}' },
      ],
      finish: { reason: 'stop' },
    } as const

    expect(problemsOf([...responseParts(response)])).toEqual([])
  })

  it.each<readonly [string, readonly StreamPart[]]>([
    ['part 1: start is missing', [finish]],
    ['part 2: start comes late or twice', [start, start, finish]],
    ['part 3: finish comes behind finish', [start, finish, finish]],
    ['part 3: finish comes behind error', [start, error, finish]],
    ['part 3: the text block a is never ended', [start, open('a'), finish]],
    ['part 2: text a goes on though nothing is open', [start, delta('a'), finish]],
    ['part 2: text a goes on though nothing is open', [start, close('a'), finish]],
    [
      'part 3: a reasoning block opens while text is open',
      [start, open('a'), think('b'), close('a'), { type: 'reasoning-end', id: 'b' }, finish],
    ],
    [
      'part 4: the id a is used twice',
      [start, open('a'), close('a'), open('a'), close('a'), finish],
    ],
    [
      'part 3: text a goes on though tool-call is open',
      [start, call('a'), delta('a'), endCall('a'), finish],
    ],
  ])('finds: %s', (problem, parts) => {
    expect(problemsOf(parts)).toEqual([problem])
  })
})
