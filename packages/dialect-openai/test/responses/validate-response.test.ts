import type { JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../src/index.ts'
import { json } from '../support/bytes.ts'
import { legal, written } from './support/mutants.ts'
import { lastResponse } from './support/responses.ts'

describe('the validator of answers', () => {
  const whole = lastResponse(written(legal))
  const problemsOf = (body: unknown) => openaiResponses.validateResponse(json(body))

  it('accepts what a legal stream ends with', () => {
    expect(problemsOf(whole)).toEqual([])
  })

  const mutants: readonly (readonly [JsonObject, string])[] = [
    [{ object: 'chat.completion' }, '`object`'],
    [{ id: '' }, '`id`'],
    [{ model: null }, '`model`'],
    [{ created_at: 1.5 }, '`created_at`'],
    [{ status: 'fine' }, '`status`'],
    [{ output: null }, '`output`'],
    [{ output: [3] }, 'not an object'],
    [{ tools: {} }, '`tools`'],
    [{ metadata: 'x' }, '`metadata`'],
    [{ parallel_tool_calls: null }, '`parallel_tool_calls`'],
    [{ temperature: 'hot' }, '`temperature`'],
    [{ status: 'failed' }, 'no `error`'],
    [{ error: { code: 'x', message: 'y' } }, 'did not fail'],
    [{ status: 'incomplete' }, 'no known reason'],
    [{ incomplete_details: { reason: 'content_filter' } }, 'is complete'],
    [{ usage: 3 }, '`usage`'],
    [
      {
        usage: {
          input_tokens: 1,
          output_tokens: 1,
          total_tokens: 3,
          input_tokens_details: {},
          output_tokens_details: {},
        },
      },
      'not the sum',
    ],
    [
      {
        usage: {
          input_tokens: -1,
          output_tokens: 2,
          total_tokens: 1,
          input_tokens_details: {},
          output_tokens_details: {},
        },
      },
      'no count',
    ],
    [{ usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } }, '_details'],
  ]
  it.each(mutants)('refuses an answer with %j', (change, words) => {
    expect(problemsOf({ ...whole, ...change }).some((problem) => problem.includes(words))).toBe(
      true,
    )
  })

  it.each([
    'parallel_tool_calls',
    'tools',
    'tool_choice',
    'instructions',
    'error',
    'incomplete_details',
  ])('refuses an answer without %s', (name) => {
    const { [name]: _, ...rest } = whole

    expect(problemsOf(rest).some((problem) => problem.includes(`\`${name}\` is missing`))).toBe(
      true,
    )
  })

  it.each([
    [{ error: { message: 'x', type: 'y', param: null, code: null } }, 0],
    [{ error: {} }, 4],
    [{ object: 'response.input_tokens', input_tokens: -1 }, 1],
    [{ object: 'list' }, 2],
    [[], 1],
  ])('judges what is no response: %j', (body, count) => {
    expect(problemsOf(body)).toHaveLength(count)
  })
})
