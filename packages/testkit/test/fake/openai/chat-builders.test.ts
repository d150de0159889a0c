import { describe, expect, it } from 'vitest'
import { chatCompletion } from '../../../src/fake/openai/chat-completion.ts'
import { chatStream } from '../../../src/fake/openai/chat-stream.ts'
import { sseFrame } from '../../../src/fake/sse-frame.ts'
import { events } from '../../http-call.ts'

describe('chat builders', () => {
  const answer = {
    text: ['Hel', 'lo'],
    reasoning: ['hm', '…'],
    usage: { promptTokens: 3, completionTokens: 2, cachedTokens: 1, reasoningTokens: 1 },
  }

  it('put reasoning where the style says, streamed and not', () => {
    const field = chatCompletion(answer)
    const short = chatCompletion(answer, { reasoning: 'reasoning' })
    const tags = chatCompletion(answer, { reasoning: 'think-tags' })
    const stream = chatStream(answer, { reasoning: 'think-tags' }).join('')

    expect(field).toMatchObject({ choices: [{ message: { reasoning_content: 'hm…' } }] })
    expect(short).toMatchObject({ choices: [{ message: { reasoning: 'hm…' } }] })
    expect(tags).toMatchObject({
      choices: [{ message: { content: '<think>hm…</think>\n\nHello' } }],
    })
    expect(stream).not.toContain('reasoning')
    expect(stream).toContain('"content":"<think>"')
  })

  it('say a refusal beside an empty content', () => {
    expect(chatCompletion({ refusal: 'No.' })).toMatchObject({
      choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }],
    })
    expect(chatStream({ refusal: ['N', 'o.'] }).join('')).toContain('"delta":{"refusal":"N"}')
  })

  it('write calls of custom tools, streamed and not', () => {
    const custom = {
      toolCalls: [{ id: 'c', name: 'patch', type: 'custom', arguments: ['a', 'b'] }],
    } as const

    const stream = events(chatStream(custom, { role: 'absent', withoutFinish: true }).join(''))

    expect(chatCompletion(custom)).toMatchObject({
      choices: [
        {
          message: {
            tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'ab' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    })
    expect(
      stream.map((frame) => (frame['choices'] as { delta: unknown }[])[0]?.delta),
    ).toStrictEqual([
      { tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'a' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'b' } }] },
    ])
  })

  it('write usage with its details', () => {
    expect(chatCompletion(answer)).toMatchObject({
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    })
  })

  it.each([
    ['own-chunk', ['assistant', undefined, undefined]],
    ['with-first', ['assistant', undefined]],
    ['every-chunk', ['assistant', 'assistant']],
    ['absent', [undefined, undefined]],
  ] as const)('put the role in %s', (role, expected) => {
    const frames = events(chatStream({ text: ['a', 'b'] }, { role, withoutFinish: true }).join(''))

    const roles = frames.map(
      (frame) => (frame['choices'] as { delta: { role?: string } }[])[0]?.delta.role,
    )
    expect(roles).toEqual(expected)
  })

  it('can leave out finish and terminator, and put usage on the last chunk', () => {
    const bare = chatStream({ text: 'a' }, { withoutFinish: true, withoutDone: true }).join('')
    const last = events(chatStream({ text: 'a' }, { usage: 'last-chunk' }).join('')).at(-1)

    expect(bare).not.toContain('"finish_reason":"')
    expect(bare).not.toContain('[DONE]')
    expect(last).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: { total_tokens: 2 } })
  })

  it('spell frames as other servers do', () => {
    const style = { comment: 'PROCESSING', frame: { crlf: true, tight: true } }
    const [first, ...rest] = chatStream({ text: 'a' }, style)

    expect(first).toMatch(/^: PROCESSING\r\n\r\ndata:\{.*\}\r\n\r\n$/)
    expect(rest.at(-1)).toBe(': PROCESSING\r\n\r\ndata:[DONE]\r\n\r\n')
    expect(sseFrame('a\nb', { event: 'error' })).toBe('event: error\ndata: a\ndata: b\n\n')
  })
})
