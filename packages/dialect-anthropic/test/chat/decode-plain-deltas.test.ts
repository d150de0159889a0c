import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] }
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a', '"', '\\', '\n', '","type":"'),
)
const index = fc.constantFrom(0, 0, 0, 1)
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(index, text)
      .map(([at, value]) => contentDelta(at, { type: 'text_delta', text: value })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        index,
        fc.constantFrom(
          { type: 'thinking_delta', thinking: 'hm' },
          { type: 'input_json_delta', partial_json: '{}' },
        ),
      )
      .map(([at, value]) => contentDelta(at, value)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        index,
        fc.constantFrom(
          { type: 'text', text: '' },
          { type: 'thinking', thinking: '', signature: '' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
        ),
      )
      .map(([at, block]) => ({ type: 'content_block_start', index: at, content_block: block })),
  },
  { weight: 1, arbitrary: index.map((at) => ({ type: 'content_block_stop', index: at })) },
)

function contentDelta(at: number, delta: object) {
  return { type: 'content_block_delta', index: at, delta }
}

function decodeAll(events: readonly object[]) {
  const decoder = anthropicMessages.chat.streamDecoder('sse')
  const stream = [{ type: 'message_start', message }, ...events, { type: 'message_stop' }]
  return stream.flatMap((value) => decoder.push(Buffer.from(`data: ${JSON.stringify(value)}\n\n`)))
}

it('reads deltas that are alike as it reads deltas that are not', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const unlike = events.map((value, number) => ({ number, ...value, behind: number }))

      expect(decodeAll(events)).toEqual(decodeAll(unlike))
    }),
  )
})
