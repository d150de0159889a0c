import { describe, expect, it } from 'vitest'
import { createRestore } from '../../src/attempt/restore-changes.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'

const called = (name: string, ...pieces: readonly string[]): StreamPart[] => [
  { type: 'tool-call-start', id: 'c', callId: 'call_1', name, kind: 'function' },
  ...pieces.map((text): StreamPart => ({ type: 'tool-call-delta', id: 'c', arguments: text })),
  { type: 'tool-call-end', id: 'c' },
]
const finish: StreamPart = { type: 'finish', reason: 'tool-calls', raw: 'tool_use' }

describe('an answer to a changed request', () => {
  it('names tools as the client does', () => {
    const restore = createRestore({ toolNames: new Map([['fs_read_1a2b', 'fs.read']]) })

    expect(restore(called('fs_read_1a2b', '{}'))).toEqual(called('fs.read', '{}'))
    expect(restore([finish])).toEqual([finish])
  })

  it('leaves names alone that were not changed', () => {
    const parts = called('grep', '{"a"', ':1}')

    expect(createRestore({ toolNames: new Map([['x', 'y']]) })(parts)).toEqual(parts)
  })

  it('gives the free text of a custom tool, from arguments in pieces over several batches', () => {
    const restore = createRestore({
      toolNames: new Map([['apply', 'apply.patch']]),
      customTools: new Set(['apply.patch']),
    })
    const [start, ...rest] = called('apply', '{"inp', 'ut":"*** Begin\\n', '+ü"}')

    const parts = [...restore([start as StreamPart]), ...rest.flatMap((part) => restore([part]))]

    expect(parts).toEqual([
      { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'apply.patch', kind: 'custom' },
      { type: 'tool-call-delta', id: 'c', arguments: '*** Begin\n+ü' },
      { type: 'tool-call-end', id: 'c' },
    ])
  })

  it.each(['not json', '{"other":1}', '["input"]', '{"input":5}'])(
    'passes on what a model wrote instead of the schema: %s',
    (text) => {
      const restore = createRestore({ customTools: new Set(['t']) })

      expect(restore(called('t', text))[1]).toMatchObject({ arguments: text })
    },
  )

  it('makes text of a tool that stands for structured output', () => {
    const restore = createRestore({ outputTool: 'json' })

    expect(restore([...called('json', '{"a":', '1}'), finish])).toEqual([
      { type: 'text-start', id: 'c' },
      { type: 'text-delta', id: 'c', text: '{"a":' },
      { type: 'text-delta', id: 'c', text: '1}' },
      { type: 'text-end', id: 'c' },
      { ...finish, reason: 'stop' },
    ])
  })

  it('still ends with tool calls where a real one stands beside the structured output', () => {
    const restore = createRestore({ outputTool: 'json' })
    const real = called('grep', '{}').map((part) => ({ ...part, id: 'd' }) as StreamPart)

    expect(restore([...called('json', '{}'), ...real, finish]).at(-1)).toEqual(finish)
  })
})
