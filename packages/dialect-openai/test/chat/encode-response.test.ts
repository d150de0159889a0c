import type { AssistantPart, ChatResponse } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { context, textOf } from '../support/bytes.ts'

const encode = (changes: Partial<ChatResponse>) =>
  JSON.parse(
    textOf(
      openaiChat.chat.encodeResponse(
        { content: [], finish: { reason: 'stop' }, ...changes },
        context,
      ),
    ),
  )

const messageOf = (...content: AssistantPart[]) => encode({ content }).choices[0].message

const text = (value: string) => ({ type: 'text', text: value }) as const

describe('an encoded answer', () => {
  it('is what OpenAI sends', () => {
    const usage = { inputTokens: 3, outputTokens: 2 }
    const answer = {
      id: 'chatcmpl-9',
      model: 'real',
      created: 7,
      content: [text('a'), text('b')],
      usage,
    }

    expect(encode(answer)).toEqual({
      id: 'chatcmpl-9',
      object: 'chat.completion',
      created: 7,
      model: 'real',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'ab', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    })
  })

  it('takes from the call what the answer does not say', () => {
    expect(encode({})).toMatchObject({
      id: 'chatcmpl-made',
      created: 1700000000,
      model: 'asked-model',
    })
    expect(encode({})).not.toHaveProperty('usage')
  })

  it('has null content where there are only calls or a refusal, else a string', () => {
    const call = {
      type: 'tool-call',
      callId: 'c',
      name: 'f',
      kind: 'function',
      arguments: '',
    } as const

    expect(messageOf(call)).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
    })
    expect(messageOf({ type: 'refusal', text: 'no' })).toMatchObject({
      content: null,
      refusal: 'no',
    })
    expect(messageOf()).toMatchObject({ content: '' })
  })

  it('shows reasoning in reasoning_content, and state only to those who sent it', () => {
    const state = [
      { kind: 'reasoning-details', data: [{ type: 'reasoning.text', signature: 'S' }] },
      { kind: 'signature', data: 'X' },
    ] as const

    expect(messageOf({ type: 'reasoning', form: 'raw', text: 'hm', state }, text('a'))).toEqual({
      role: 'assistant',
      content: 'a',
      refusal: null,
      reasoning_content: 'hm',
      reasoning_details: [{ type: 'reasoning.text', signature: 'S', text: 'hm' }],
    })
  })

  it('counts citations from the start of the content', () => {
    const citations = [{ url: 'https://x.test', start: 0, end: 1 }, { quote: 'no url' }]
    const { annotations } = messageOf(text('ab'), { ...text('cd'), citations })

    expect(annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: {
          url: 'https://x.test',
          title: 'https://x.test',
          start_index: 2,
          end_index: 3,
        },
      },
    ])
  })

  it('shows images and speech that the model made', () => {
    const source = { kind: 'base64', mediaType: 'audio/wav', data: 'AA' } as const
    const extensions = { 'openai-chat': { id: 'audio_1', expires_at: 9 } }

    expect(
      messageOf(
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'BB' } },
        { type: 'audio', source, transcript: 'hi', extensions },
      ),
    ).toMatchObject({
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,BB' } }],
      audio: { id: 'audio_1', expires_at: 9, data: 'AA', transcript: 'hi' },
    })
  })

  it('gives back what was left of the wire objects, where it was', () => {
    const left = {
      system_fingerprint: 'fp',
      choices: [{ logprobs: { content: [] }, message: { channel: 'final' } }],
    }

    expect(encode({ extensions: { 'openai-chat': left, gemini: { a: 1 } } })).toMatchObject({
      system_fingerprint: 'fp',
      choices: [{ logprobs: { content: [] }, message: { channel: 'final', content: '' } }],
    })
    expect(encode({ extensions: { gemini: { a: 1 } } })).not.toHaveProperty('a')
  })
})
