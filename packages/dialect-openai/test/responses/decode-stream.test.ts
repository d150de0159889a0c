import type { JsonObject, StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { textOfParts } from '../support/bytes.ts'
import { collect, decode, events } from './support/responses.ts'
import {
  added,
  call,
  completed,
  created,
  done,
  message,
  place,
  response,
  text,
} from './support/wire-events.ts'

const contentOf = (...list: readonly JsonObject[]) => collect(decode(events(...list))).content

describe('streams that differ from OpenAI’s', () => {
  it('begin with a delta of a text that nobody announced', () => {
    expect(contentOf(created, text('Hel'), text('lo'), completed())).toEqual([
      { type: 'text', text: 'Hello' },
    ])
  })

  it('begin without a beginning', () => {
    const parts = decode(events(text('Hi'), completed()))

    expect(parts[0]).toEqual({ type: 'start' })
    expect(textOfParts(parts, 'text')).toBe('Hi')
  })

  it('have no numbers, no names and a `[DONE]` at their end', () => {
    const stream = [created, text('Hi'), completed()].map(
      (event) => `data: ${JSON.stringify(event)}\n\n`,
    )

    const parts = decode(`: processing\n\n${stream.join('')}data: [DONE]\n\n`)

    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'stop', raw: 'completed' })
  })

  it('end with `[DONE]` alone', () => {
    const parts = decode(`${events(created, text('Hi'))}data: [DONE]\n\n`)

    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  it('change the ids of an item from event to event', () => {
    const item = { ...message('Hello'), id: 'msg_z' }
    const parts = [
      created,
      added({ ...message(''), id: 'msg_a' }),
      text('Hel', { item_id: 'msg_b' }),
    ]

    expect(contentOf(...parts, done(item), completed({ output: [item] }))).toEqual([
      { type: 'text', text: 'Hello' },
    ])
  })

  it('tell texts only when they are done', () => {
    const said = { type: 'response.output_text.done', ...place, text: 'Hello' }

    expect(contentOf(created, said, done(message('Hello')), completed())).toEqual([
      { type: 'text', text: 'Hello' },
    ])
  })

  it('tell items only when they are done', () => {
    const thought = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'E',
    }

    expect(contentOf(created, done(thought), done(call(), 1), completed())).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        text: 'Hm.',
        state: [{ kind: 'encrypted-content', data: 'E', id: 'rs_1' }],
      },
      { type: 'tool-call', callId: 'call_1', name: 'f', kind: 'function', arguments: '{"a":1}' },
    ])
  })

  it('tell everything only in their last event', () => {
    const output = [message('Hello'), call()]

    expect(contentOf(created, completed({ output }))).toHaveLength(2)
  })

  it('leave the output of their last event empty', () => {
    expect(contentOf(created, done(message('Hello')), completed())).toHaveLength(1)
  })

  it('list items at their end that they never announced', () => {
    const list = { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] }
    const output = [list, message('Hello')]
    const content = contentOf(
      created,
      added(message('')),
      text('Hello'),
      done(message('Hello')),
      completed({ output }),
    )

    expect(content.map(({ type }) => type)).toEqual(['text', 'provider'])
  })

  it('send the arguments of a call before its name', () => {
    const delta = {
      type: 'response.function_call_arguments.delta',
      output_index: 0,
      item_id: 'fc_1',
      delta: '{"a":',
    }

    expect(contentOf(created, delta, done(call()), completed())).toMatchObject([
      { type: 'tool-call', arguments: '{"a":1}' },
    ])
  })

  it('hold two answers, of which the first counts', () => {
    const two = events(created, text('one'), completed(), created, text('two'), completed())

    expect(textOfParts(decode(two), 'text')).toBe('one')
    expect(decode(two).filter(({ type }) => type === 'finish')).toHaveLength(1)
  })

  it('go on with a thought behind a text', () => {
    const thought = (delta: string) => ({
      type: 'response.reasoning_text.delta',
      output_index: 0,
      item_id: 'rs_1',
      content_index: 0,
      delta,
    })
    const parts = decode(
      events(created, thought('a'), text('Hi', { output_index: 1 }), thought('b'), completed()),
    )

    expect(problemsOf(parts)).toEqual([])
    expect(textOfParts(parts, 'reasoning')).toBe('ab')
  })

  it('tell the sections of a summary, which are one text with an empty line between', () => {
    const section = (index: number, delta: string) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      item_id: 'rs_1',
      summary_index: index,
      delta,
    })

    expect(contentOf(created, section(0, 'One'), section(1, 'Two'), completed())).toEqual([
      { type: 'reasoning', form: 'summary', text: 'One\n\nTwo' },
    ])
  })

  it('tell annotations only at the end of the text', () => {
    const annotation = {
      type: 'url_citation',
      url: 'https://x.test',
      title: 'X',
      start_index: 0,
      end_index: 2,
    }
    const item = {
      ...message(''),
      content: [{ type: 'output_text', text: 'Hi', annotations: [annotation] }],
    }

    expect(contentOf(created, text('Hi'), done(item), completed())).toMatchObject([
      { type: 'text', citations: [{ url: 'https://x.test', title: 'X', start: 0, end: 2 }] },
    ])
  })

  it('hold events that nobody knows', () => {
    const parts = decode(
      events(created, { type: 'response.sparkle', output_index: 0 }, text('Hi'), completed()),
    )

    expect(textOfParts(parts, 'text')).toBe('Hi')
  })
})

describe('a streamed answer', () => {
  it('is refused in words', () => {
    const refusal = (delta: string) => ({ type: 'response.refusal.delta', ...place, delta })

    expect(contentOf(created, refusal('I '), refusal('cannot.'), completed())).toEqual([
      { type: 'refusal', text: 'I cannot.' },
    ])
  })

  it('holds free text for a custom tool', () => {
    const item = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'patch', input: 'x' }

    expect(contentOf(created, done(item), completed())).toEqual([
      { type: 'tool-call', callId: 'c', name: 'patch', kind: 'custom', arguments: 'x' },
    ])
  })

  it('holds a finished image as an image', () => {
    const item = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'AAAA',
      output_format: 'webp',
    }

    expect(contentOf(created, done(item), completed())).toMatchObject([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'AAAA' } },
    ])
  })

  it('names a tool of a namespace by both names', () => {
    expect(contentOf(created, done(call({ namespace: 'ns' })), completed())).toMatchObject([
      { name: 'ns__f' },
    ])
  })

  const endings: readonly (readonly [string, JsonObject, Partial<StreamPart>])[] = [
    [
      'too long',
      { incomplete_details: { reason: 'max_output_tokens' } },
      { reason: 'length', raw: 'max_output_tokens' } as Partial<StreamPart>,
    ],
    [
      'filtered',
      { incomplete_details: { reason: 'content_filter' } },
      { reason: 'content-filter' } as Partial<StreamPart>,
    ],
    [
      'steered',
      { incomplete_details: { reason: 'steered' } },
      { reason: 'other', raw: 'steered' } as Partial<StreamPart>,
    ],
    ['cut without a reason', {}, { reason: 'other', raw: 'incomplete' } as Partial<StreamPart>],
  ]
  it.each(endings)('ends because it is %s', (_, details, finish) => {
    const end = {
      type: 'response.incomplete',
      response: response({ status: 'incomplete', ...details }),
    }

    expect(decode(events(created, text('Hi'), end)).at(-1)).toMatchObject(finish)
  })

  it('calls tools, though it says only that it is complete', () => {
    expect(collect(decode(events(created, done(call()), completed()))).finish.reason).toBe(
      'tool-calls',
    )
  })

  it('tells the usage, with what has no canonical name', () => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 15,
      cost: 0.1,
    }

    expect(collect(decode(events(created, completed({ usage })))).usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cachedInputTokens: 4,
      cacheWriteInputTokens: 2,
      reasoningTokens: 3,
      extra: { dialect: 'openai-responses', value: { cost: 0.1 } },
    })
  })
})
