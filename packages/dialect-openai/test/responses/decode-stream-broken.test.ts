import type { JsonObject } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { decode, events } from './support/responses.ts'
import {
  added,
  call,
  completed,
  created,
  done,
  message,
  response,
  text,
} from './support/wire-events.ts'

describe('a broken stream', () => {
  const errorOf = (stream: string) => {
    const last = decode(stream).at(-1)
    return last?.type === 'error' ? last.error : undefined
  }

  it('tells its error flat', () => {
    const error = { type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null }

    expect(errorOf(events(created, error))?.code).toBe('upstream_rate_limited')
  })

  it('tells its error nested', () => {
    const error = {
      type: 'error',
      error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'x' },
    }

    expect(errorOf(events(created, error))?.code).toBe('upstream_quota_exhausted')
  })

  it('tells its error without a type', () => {
    expect(errorOf('data: {"error":{"message":"no","code":"invalid_api_key"}}\n\n')?.code).toBe(
      'upstream_credentials_rejected',
    )
  })

  it.each([
    ['server_error', 'upstream_error'],
    ['rate_limit_exceeded', 'upstream_rate_limited'],
    ['invalid_prompt', 'invalid_request'],
    ['image_content_policy_violation', 'content_filtered'],
    ['vector_store_timeout', 'upstream_timeout'],
  ])('failed with %s', (code, expected) => {
    const failed = {
      type: 'response.failed',
      response: response({ status: 'failed', error: { code, message: 'x' } }),
    }

    expect(errorOf(events(created, failed))?.code).toBe(expected)
  })

  it('failed without an explanation', () => {
    const failed = {
      type: 'response.failed',
      response: response({ status: 'failed', error: null }),
    }

    expect(errorOf(events(created, failed))?.code).toBe('upstream_error')
  })

  it('failed, but tells what it cost', () => {
    const usage = { input_tokens: 1, output_tokens: 2 }
    const failed = {
      type: 'response.failed',
      response: response({ error: { code: 'server_error' }, usage }),
    }

    expect(decode(events(created, failed)).at(-2)).toEqual({
      type: 'usage',
      usage: { inputTokens: 1, outputTokens: 2 },
    })
  })

  it.each([
    ['was cut off', events(created, text('Hi')), 'cut off'],
    ['has broken JSON', `${events(created)}data: {"type":\n\n`, 'not valid JSON'],
    ['holds nothing', 'data: [DONE]\n\n', 'no answer'],
    ['is empty', '', 'cut off'],
  ])('that %s is an invalid answer', (_, stream, words) => {
    const error = errorOf(stream)

    expect(error?.code).toBe('upstream_invalid_response')
    expect(error?.message).toContain(words)
  })

  it('calls a tool without ever naming it', () => {
    const delta = { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{}' }

    expect(errorOf(events(created, delta, completed()))?.message).toContain('without a name')
  })

  it('says nothing behind its end', () => {
    const parts = decode(
      events(created, { type: 'error', message: 'x' }, text('late'), completed()),
    )

    expect(parts.at(-1)?.type).toBe('error')
    expect(parts.filter(({ type }) => type === 'error')).toHaveLength(1)
  })
})

describe('any stream', () => {
  const index = fc.nat(2)
  const words = fc.string({ unit: 'grapheme', maxLength: 6 })
  const item = fc.oneof(
    words.map((said) => message(said)),
    words.map((args) => call({ arguments: args })),
    words.map((said) => ({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: said }],
      encrypted_content: said,
    })),
    fc.constant({ type: 'web_search_call', id: 'ws_1', status: 'completed' }),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })) as fc.Arbitrary<JsonObject>,
  )
  const event: fc.Arbitrary<JsonObject> = fc.oneof(
    fc.record({ index, item }).map((one) => added(one.item, one.index)),
    fc.record({ index, item }).map((one) => done(one.item, one.index)),
    fc.record({
      type: fc.constantFrom(
        ...['output_text', 'refusal', 'reasoning_text', 'reasoning_summary_text'].map(
          (name) => `response.${name}.delta`,
        ),
        'response.function_call_arguments.delta',
        'response.custom_tool_call_input.delta',
      ),
      output_index: index,
      content_index: index,
      summary_index: index,
      delta: fc.oneof(words, fc.constant(null)),
    }),
  )

  it('gives well-formed parts, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(item, { maxLength: 3 }), (list, output) => {
        expect(problemsOf(decode(events(created, ...list, completed({ output }))))).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('never throws at bytes that are no stream', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(decode(noise).at(-1)?.type).toBe('error')
      }),
    )
  })
})
