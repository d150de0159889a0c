import { GatewayError, type JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { called, outputOf, said, stop } from './support/answer-parts.ts'
import {
  contextOf,
  encodeParts,
  lastResponse,
  parsed,
  typesOf,
  violationsOf,
} from './support/responses.ts'

describe('the response object', () => {
  const request = {
    model: 'm',
    instructions: 'Be brief.',
    tools: [{ type: 'function', name: 'f', parameters: {}, strict: false }],
    tool_choice: 'required',
    temperature: 0.5,
    previous_response_id: 'resp_0',
    store: false,
    metadata: { a: 'b' },
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
    truncation: 'auto',
    max_output_tokens: 50,
    top_p: null,
    conversation: 'conv_1',
  }

  it('repeats the request, with what stands there where it said nothing', () => {
    const answered = lastResponse(encodeParts([...said('Hi'), stop], contextOf(request)))

    expect(answered).toMatchObject({
      ...request,
      model: 'asked-model',
      top_p: 1,
      reasoning: { effort: 'low', summary: null },
      text: { verbosity: 'low', format: { type: 'text' } },
      parallel_tool_calls: true,
      background: false,
    })
  })

  it('has ids of its own, made of the id of the call', () => {
    const { id, output } = lastResponse(encodeParts([...said('Hi'), ...called('1'), stop]))

    expect(id).toBe('resp_call_1')
    expect((output as JsonObject[]).map((one) => one['id'])).toEqual([
      'msg_call_1_0',
      'fc_call_1_1',
    ])
  })

  it('keeps the provider’s id only where it has this protocol’s form', () => {
    const idOf = (id: string) => lastResponse(encodeParts([{ type: 'start', id }, stop]))['id']

    expect(idOf('resp_abc')).toBe('resp_abc')
    expect(idOf('chatcmpl-1')).toBe('resp_call_1')
  })

  it('is in progress, without output and usage, when it begins', () => {
    const [first, second] = parsed(encodeParts([...said('Hi'), stop]))

    for (const event of [first, second]) {
      expect(event?.['response']).toMatchObject({ status: 'in_progress', output: [], usage: null })
    }
  })

  it.each([
    ['stop', 'completed', null],
    ['tool-calls', 'completed', null],
    ['pause', 'completed', null],
    ['other', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
    ['error', 'failed', null],
  ] as const)('says how it ended: %s', (reason, status, details) => {
    const stream = encodeParts([...said('Hi'), { type: 'finish', reason }])

    expect(lastResponse(stream)).toMatchObject({ status, incomplete_details: details })
    expect(typesOf(stream).at(-1)).toBe(`response.${status}`)
    expect(violationsOf(stream)).toEqual([])
  })

  it('says of its last message that it is incomplete', () => {
    const stream = encodeParts([...said('Hi'), { type: 'finish', reason: 'length' }])

    expect(outputOf(stream)[0]?.['status']).toBe('incomplete')
  })

  it('tells the usage, zero where a total is unknown', () => {
    const usage = { inputTokens: 3, cachedInputTokens: 1 }

    expect(lastResponse(encodeParts([{ type: 'usage', usage }, stop]))['usage']).toEqual({
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 3,
    })
  })

  it('is handed over once, when it is finished', () => {
    const kept: JsonObject[] = []
    const keep = (document: JsonObject) => kept.push(document)
    const stream = encodeParts([...said('Hi'), stop], contextOf({}, { keep }))

    expect(kept).toEqual([lastResponse(stream)])
  })

  it('is not handed over when it broke', () => {
    const kept: JsonObject[] = []
    const keep = (document: JsonObject) => kept.push(document)
    encodeParts(
      [...said('Hi'), { type: 'error', error: new GatewayError('internal', 'x') }],
      contextOf({}, { keep }),
    )

    expect(kept).toEqual([])
  })
})
