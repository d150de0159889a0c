import { GatewayError, type JsonObject, type OpaqueState, type TapOptions } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { json, pieces, textOf } from '../support/bytes.ts'
import {
  answers,
  encodeParts,
  events,
  recording,
  streams,
  violationsOf,
} from './support/responses.ts'

function watch(stream: string, options: TapOptions & { readonly cuts?: readonly number[] } = {}) {
  const tap = openaiResponses.tap('sse', options)
  const passed = pieces(Buffer.from(stream), options.cuts ?? []).map((piece) =>
    textOf(tap.push(piece)),
  )
  const rest = textOf(tap.end())
  return { tap, passed: passed.join('') + rest, report: tap.report() }
}

const created = { type: 'response.created', response: { id: 'resp_1', model: 'm', error: null } }
const delta = { type: 'response.output_text.delta', output_index: 0, delta: 'Hello' }
const completed = {
  type: 'response.completed',
  response: {
    id: 'resp_1',
    model: 'm',
    status: 'completed',
    output: [],
    usage: { input_tokens: 1, output_tokens: 2 },
  },
}

describe('a forwarded stream', () => {
  it.each(streams)('$file passes whole, and is known for what it was', ({ responseBody }) => {
    const { passed, report } = watch(responseBody)

    // What follows the terminal is for nobody.
    expect(responseBody.startsWith(passed)).toBe(true)
    expect(report.complete).toBe(true)
    expect(report.usage?.outputTokens).toBeGreaterThan(0)
    expect(report.responseId).toBeDefined()
    expect(report.finish?.reason).toMatch(/^(stop|tool-calls)$/)
  })

  it.each(streams)('$file is known however it is cut', ({ responseBody }) => {
    const { length } = Buffer.from(responseBody)
    const cuts = Array.from({ length: 7 }, (_, index) => Math.floor(((index + 1) * length) / 8))
    const whole = watch(responseBody)
    const cut = watch(responseBody, { cuts })

    expect(cut.passed).toBe(whole.passed)
    expect(cut.report).toEqual(whole.report)
  })

  it.each([
    ['text', delta],
    ['a refusal', { type: 'response.refusal.delta', delta: 'No' }],
    ['a thought', { type: 'response.reasoning_summary_text.delta', delta: 'Hm' }],
    ['a call', { type: 'response.output_item.added', item: { type: 'function_call', name: 'f' } }],
    ['a search', { type: 'response.output_item.added', item: { type: 'web_search_call' } }],
    [
      'state',
      { type: 'response.output_item.done', item: { type: 'reasoning', encrypted_content: 'E' } },
    ],
    ['its end', completed],
  ])('is meaningful with %s', (_, event) => {
    const tap = openaiResponses.tap('sse')
    tap.push(Buffer.from(events(created)))
    expect(tap.meaningful).toBe(false)
    tap.push(Buffer.from(events(event)))

    expect(tap.meaningful).toBe(true)
  })

  it.each([
    ['an empty delta', { ...delta, delta: '' }],
    ['an announced message', { type: 'response.output_item.added', item: { type: 'message' } }],
    [
      'hidden reasoning',
      { type: 'response.output_item.done', item: { type: 'reasoning', summary: [] } },
    ],
    [
      'a failure',
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } },
    ],
  ])('is not meaningful with %s', (_, event) => {
    expect(watch(events(created, event)).tap.meaningful).toBe(false)
  })

  it('ends with its terminal event', () => {
    const { tap, passed } = watch(`${events(created, delta, completed)}data: late\n\n`, {
      cuts: [events(created, delta).length],
    })

    expect(tap.ending).toBe('end')
    expect(passed).toBe(events(created, delta, completed))
  })

  it('ends with an error that its caller caused, as it was told', () => {
    const error = { type: 'error', code: 'context_length_exceeded', message: 'too long' }
    const stream = events(created, delta, error)
    const { tap, passed } = watch(stream, { cuts: [events(created, delta).length] })

    expect(tap.ending).toMatchObject({ told: true, error: { code: 'context_length_exceeded' } })
    expect(passed).toBe(stream)
  })

  it('ends with a failure whose words are not for clients', () => {
    const failed = {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'secret' } },
    }
    const { tap, passed, report } = watch(events(created, delta, failed), {
      cuts: [events(created, delta).length],
    })

    expect(tap.ending).toMatchObject({ told: false })
    expect(passed).toBe(events(created, delta))
    expect(report).toMatchObject({ complete: false, error: { code: 'upstream_error' } })
  })

  it('tells that it broke', () => {
    const { tap, passed } = watch(events(created, delta))
    const told = textOf(tap.interrupt(new GatewayError('stream_interrupted', 'It broke.')))

    expect(told).toContain('event: error\n')
    expect(JSON.parse(told.split('data: ')[1] ?? '')).toMatchObject({
      type: 'error',
      message: 'It broke.',
      code: 'stream_interrupted',
      param: null,
      error: { message: 'It broke.' },
    })
    expect(passed).toBe(events(created, delta))
  })

  it('is legal for clients when it broke in the middle of a legal one', () => {
    const stream = encodeParts([
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'Hi' },
    ])
    const { tap, passed } = watch(stream)
    const told = textOf(tap.interrupt(new GatewayError('stream_interrupted', 'It broke.')))

    expect(violationsOf(passed + told)).toEqual([])
  })

  it('is incomplete without its terminal event, and its usage is estimated', () => {
    const { report } = watch(events(created, delta, delta))

    expect(report.complete).toBe(false)
    expect(report.usage).toBeUndefined()
    expect(report.estimate?.outputTokens).toBeGreaterThan(0)
  })

  it.each([
    ['first', (response: JsonObject) => ({ type: completed.type, sequence_number: 9, response })],
    ['last', (response: JsonObject) => ({ response, sequence_number: 9, type: completed.type })],
  ])('tells its usage in a last event of any size, whose own members come %s', (_, eventOf) => {
    const response = {
      ...completed.response,
      output: [
        { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'x'.repeat(200_000) }] },
      ],
    }
    const { usage, ...rest } = response
    const large = events(created, delta, eventOf({ ...rest, usage, metadata: {} }))
    const { report, passed } = watch(large, {
      cuts: Array.from({ length: 20 }, (_, index) => (index + 1) * 9000),
    })

    expect(passed).toBe(large)
    expect(report).toMatchObject({ complete: true, usage: { inputTokens: 1, outputTokens: 2 } })
  })

  it.each([
    { type: 'response.content_part.done', part: { type: 'output_text', text: 'Hello' } },
    { type: 'response.output_item.done', output_index: 0, item: { type: 'message', id: 'm' } },
  ])('is not complete behind $type, although an answer that began named its usage', (event) => {
    const begun = { ...created, response: { ...created.response, usage: null } }

    expect(watch(events(begun, delta, event)).report.complete).toBe(false)
  })

  it('tells its state, of which both forms may come back, and the ids of its traces', () => {
    const states: OpaqueState[] = []
    const item = { type: 'reasoning', id: 'rs_1', encrypted_content: 'done' }
    const last = {
      ...completed,
      response: { ...completed.response, output: [{ ...item, encrypted_content: 'last' }] },
    }
    const list = [
      created,
      delta,
      { type: 'response.output_item.added', item: { ...item, encrypted_content: 'early' } },
      { type: 'response.output_item.done', item },
      { type: 'response.output_item.done', item: { type: 'web_search_call', id: 'ws_1' } },
      last,
    ]
    const cuts = list.map((_, index) => Buffer.byteLength(events(...list.slice(0, index + 1))))
    const { tap } = watch(events(...list), {
      cuts: cuts.slice(0, -1),
      onState: (state) => states.push(state),
    })
    tap.report()

    expect(states).toEqual([
      { kind: 'encrypted-content', data: 'done', id: 'rs_1' },
      { kind: 'encrypted-content', data: 'ws_1', id: 'ws_1' },
      { kind: 'encrypted-content', data: 'last', id: 'rs_1' },
    ])
  })
})

describe('a forwarded answer', () => {
  const watchBody = (body: Uint8Array, options: TapOptions = {}) => {
    const tap = openaiResponses.tap('json', options)
    tap.push(body)
    tap.end()
    return tap.report()
  }

  it.each(answers)('$file is known for what it was', ({ responseBody }) => {
    const report = watchBody(Buffer.from(responseBody))
    const answer = openaiResponses.chat.decodeResponse(Buffer.from(responseBody))

    expect(report.complete).toBe(true)
    expect(report.responseId).toBe(answer.id)
    expect(report.model).toBe(answer.model)
    expect(report.usage).toEqual(answer.usage)
    if (answer.finish.raw !== 'queued') expect(report.finish).toEqual(answer.finish)
  })

  it('tells its state', () => {
    const states: OpaqueState[] = []
    watchBody(Buffer.from(recording('openai-builtin-json-thinking-105376').responseBody), {
      onState: (state) => states.push(state),
    })

    expect(states.filter(({ id }) => id?.startsWith('rs_'))).toHaveLength(7)
    expect(states.filter(({ id }) => id?.startsWith('ws_'))).toHaveLength(6)
  })

  it.each([
    [
      {
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'x' },
        output: [],
      },
      'upstream_error',
    ],
    [{ error: { message: 'slow', code: 'rate_limit_exceeded' } }, 'upstream_rate_limited'],
  ])('is a failure: %j', (body, code) => {
    expect(watchBody(json(body))).toMatchObject({ complete: false, error: { code } })
  })

  it.each([
    { object: 'response.input_tokens', input_tokens: 4 },
    { object: 'list', data: [], has_more: false },
    { id: 'resp_1', object: 'response', deleted: true },
  ])('may be something else than a response: %j', (body) => {
    expect(watchBody(json(body)).complete).toBe(true)
  })

  it('is no answer', () => {
    expect(watchBody(Buffer.from('{"output":')).error?.code).toBe('upstream_invalid_response')
    expect(watchBody(json({})).complete).toBe(false)
  })

  it('is estimated where no usage is told', () => {
    const body = {
      object: 'response',
      status: 'completed',
      output: [{ type: 'message', content: [] }],
    }

    expect(watchBody(json(body)).estimate?.outputTokens).toBeGreaterThan(0)
  })
})
