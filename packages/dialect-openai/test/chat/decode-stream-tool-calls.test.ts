import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { chunk, decode, sse, start, stop } from '../support/bytes.ts'

const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type)

const errorOf = (parts: readonly StreamPart[]) => {
  const part = parts.at(-1)
  return part?.type === 'error' ? part.error : undefined
}

const calls = (...deltas: unknown[]) => chunk({ tool_calls: deltas })

const callEnd = chunk({}, { finish_reason: 'tool_calls' })

/** Name and arguments of the calls in parts. */
function callsIn(parts: readonly StreamPart[]) {
  return parts.flatMap((part) =>
    part.type === 'tool-call-start'
      ? [
          {
            callId: part.callId,
            name: part.name,
            arguments: parts
              .map((delta) =>
                delta.type === 'tool-call-delta' && delta.id === part.id ? delta.arguments : '',
              )
              .join(''),
          },
        ]
      : [],
  )
}

describe('tool calls in a stream', () => {
  const f = { index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }
  const more = (index: number, text: string) => calls({ index, function: { arguments: text } })

  it('are put together by index, side by side', () => {
    const g = { index: 1, id: 'c2', type: 'function', function: { name: 'g', arguments: '' } }
    const parts = decode(
      sse(
        start,
        calls(f),
        calls(g),
        more(1, '{"b"'),
        more(0, '{"a":'),
        more(1, ':2}'),
        more(0, '1}'),
        callEnd,
      ),
    )

    expect(callsIn(parts)).toEqual([
      { callId: 'c1', name: 'f', arguments: '{"a":1}' },
      { callId: 'c2', name: 'g', arguments: '{"b":2}' },
    ])
    expect(types(parts).slice(-3)).toEqual(['tool-call-end', 'tool-call-end', 'finish'])
  })

  it.each<readonly [string, ...unknown[][]]>([
    [
      'without index, by id',
      [{ id: 'c1', function: { name: 'f', arguments: '{"a":' } }],
      [{ id: 'c2', function: { name: 'g', arguments: '{}' } }],
      [{ id: 'c1', function: { arguments: '1}' } }],
    ],
    [
      'without index and id behind the first',
      [{ id: 'c1', function: { name: 'f', arguments: '{"a":' } }],
      [{ function: { arguments: '1}' } }],
      [{ id: 'c2', function: { name: 'g', arguments: '{}' } }],
    ],
    [
      'without index, by place where several come together',
      [
        { id: 'c1', function: { name: 'f', arguments: '{"a":' } },
        { id: 'c2', function: { name: 'g', arguments: '{' } },
      ],
      [{ function: { arguments: '1}' } }, { function: { arguments: '}' } }],
    ],
    [
      'several in one delta, with index',
      [
        { index: 0, id: 'c1', function: { name: 'f', arguments: '{"a":1}' } },
        { index: 1, id: 'c2', function: { name: 'g', arguments: '{}' } },
      ],
    ],
    [
      'id and name repeated, or empty',
      [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":' } }],
      [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }],
      [{ index: 0, id: '', function: { name: '', arguments: '1}' } }],
      [{ index: 1, id: 'c2', function: { name: 'g', arguments: '{}' } }],
    ],
    [
      'arguments before the name',
      [{ index: 0, id: 'c1', function: { arguments: '{"a":' } }],
      [{ index: 0, function: { name: 'f', arguments: '1}' } }],
      [{ index: 1, id: 'c2', function: { name: 'g', arguments: '{}' } }],
    ],
    [
      'arguments as an object',
      [{ index: 0, id: 'c1', function: { name: 'f', arguments: { a: 1 } } }],
      [{ index: 1, id: 'c2', function: { name: 'g', arguments: {} } }],
    ],
    [
      'indexes that begin at one',
      [{ index: 1, id: 'c1', function: { name: 'f', arguments: '{"a":1}' } }],
      [{ index: 2, id: 'c2', function: { name: 'g', arguments: '{}' } }],
    ],
  ])('are understood %s', (_, ...deltas) => {
    const parts = decode(sse(start, ...deltas.map((list) => calls(...list)), callEnd))

    expect(callsIn(parts)).toEqual([
      { callId: 'c1', name: 'f', arguments: '{"a":1}' },
      { callId: 'c2', name: 'g', arguments: '{}' },
    ])
  })

  it('may be in the role chunk, and come with text before them', () => {
    const parts = decode(
      sse(chunk({ role: 'assistant', content: 'a', tool_calls: [f] }), more(0, '{}'), callEnd),
    )

    expect(types(parts)).toEqual([
      'start',
      ...['text-start', 'text-delta', 'text-end'],
      ...['tool-call-start', 'tool-call-delta', 'tool-call-end'],
      'finish',
    ])
  })

  it('get an id of their own where they have none, the same for the same answer', () => {
    const nameless = calls({ index: 0, function: { name: 'f', arguments: '{}' } })

    expect(callsIn(decode(sse(start, nameless, callEnd)))).toEqual([
      { callId: 'call_chatcmpl-1_0', name: 'f', arguments: '{}' },
    ])
    expect(callsIn(decode(sse({ ...start, id: '' }, nameless, callEnd)))).toMatchObject([
      { callId: 'call_1759530835_0' },
    ])
    const bare = sse({ ...start, id: '', created: 0 }, nameless, callEnd)
    expect(callsIn(decode(bare))[0]?.callId).not.toBe(callsIn(decode(bare))[0]?.callId)
  })

  it('may be custom, or of the deprecated kind', () => {
    const custom = decode(
      sse(
        start,
        calls({ index: 0, id: 'c', type: 'custom', custom: { name: 'run', input: '' } }),
        calls({ index: 0, custom: { input: 'ls' } }),
        callEnd,
      ),
    )
    const legacy = decode(
      sse(
        start,
        chunk({ function_call: { name: 'f', arguments: '' } }),
        chunk({ function_call: { arguments: '{}' } }),
        chunk({}, { finish_reason: 'function_call' }),
      ),
    )

    expect(callsIn(custom)).toEqual([{ callId: 'c', name: 'run', arguments: 'ls' }])
    expect(custom).toContainEqual(expect.objectContaining({ kind: 'custom' }))
    expect(callsIn(legacy)).toMatchObject([{ name: 'f', arguments: '{}' }])
  })

  it('keep the thought signature that comes with them', () => {
    const extra = { google: { thought_signature: 'S' } }

    expect(decode(sse(start, calls({ ...f, extra_content: extra }), callEnd))).toContainEqual({
      type: 'tool-call-end',
      id: 'c0',
      state: [{ kind: 'thought-signature', data: extra }],
    })
  })

  it('are none where everything in them is empty', () => {
    const empty = chunk({
      tool_calls: [{ index: 0, function: { name: '', arguments: '' } }],
      function_call: { name: '', arguments: '' },
    })

    expect(decode(sse(start, empty, stop)).at(-1)).toMatchObject({ reason: 'stop' })
  })

  it('break the answer if they have arguments but no name', () => {
    const parts = decode(
      sse(start, calls({ index: 0, id: 'c', function: { arguments: '{}' } }), callEnd),
    )

    expect(errorOf(parts)).toMatchObject({ code: 'upstream_invalid_response' })
  })
})
