import { describe, expect, it } from 'vitest'
import { reply } from '../../src/fake/script.ts'
import { faultCase, faultCases } from '../../src/faults/faults.ts'
import { renderFault } from '../../src/faults/render-fault.ts'
import { faultAnswerText, faultSecret } from '../../src/faults/renderer.ts'
import { anthropicMessagesFaults as renderer } from '../../src/faults/renderers/anthropic-messages.ts'
import { runFault } from '../../src/faults/run-fault.ts'
import { accumulate, eventsOf } from '../fake/anthropic/accumulate.ts'
import { type HttpAnswer, httpCall } from '../http-call.ts'
import { serve } from '../serve.ts'

const dialect = 'anthropic-messages' as const
const good = ['prelude', 'first-part', 'rest', 'finish', 'terminator'] as const

async function see(id: string, stream: boolean): Promise<HttpAnswer> {
  const server = await serve(reply(200, 'as before'))
  await runFault(server, faultCase(id), { dialect, stream, now: () => 500 })
  return await httpCall(`${server.url}/v1/messages`, { body: {} })
}

describe('faults of Anthropic Messages', () => {
  it('are made of a good answer, streamed and not', () => {
    const stream = good.map((piece) => renderer.piece(piece)).join('')
    const message = JSON.parse(renderer.completion)

    expect(message).toMatchObject({ content: [{ type: 'text', text: faultAnswerText }] })
    expect(accumulate(eventsOf(stream))).toEqual(message)
  })

  it('cut that stream where their names say', () => {
    const names = (piece: (typeof good)[number]): readonly string[] =>
      eventsOf(renderer.piece(piece)).map(({ type }) => type)

    expect(names('prelude')).toEqual(['message_start', 'content_block_start', 'ping'])
    expect(renderer.piece('first-part')).toContain('"text":"Hello"')
    expect(names('rest')).toEqual(['content_block_delta', 'content_block_stop'])
    expect(names('finish')).toEqual(['message_delta'])
    expect(names('terminator')).toEqual(['message_stop'])
    expect(() => eventsOf(renderer.piece('broken-event'))).toThrow('JSON')
    expect(renderer.piece('open-event')).toMatch(/^event: content_block_delta\ndata: \{.*"text":"$/)
  })

  const cases = [true, false].flatMap((stream) =>
    faultCases({ dialect, stream })
      .filter(({ script }) => script.at !== 'listener')
      .map((fault) => ({ id: fault.id, fault, stream })),
  )

  it.each(cases)('include $id (stream: $stream)', ({ fault, stream }) => {
    expect(renderFault(fault, { dialect, stream }).at).toBe(fault.script.at)
  })

  it.each([
    ['bad-request', 400, 'invalid_request_error', 'temperature'],
    ['context-length-exceeded', 400, 'invalid_request_error', 'prompt is too long'],
    ['key-rejected', 401, 'authentication_error', faultSecret],
    ['quota-exhausted', 429, 'rate_limit_error', 'enforced_spend_limit_reached'],
    ['quota-exhausted/payment-required', 402, 'billing_error', 'credit balance'],
    ['forbidden', 403, 'permission_error', 'permission'],
    ['forbidden/model', 403, 'permission_error', 'fake-chat'],
    ['model-not-found', 404, 'not_found_error', 'model: fake-chat'],
    ['model-not-found/path', 404, 'not_found_error', 'Not Found'],
    ['payload-too-large', 413, 'request_too_large', 'size'],
    ['rate-limited', 429, 'rate_limit_error', 'rate limit'],
    ['transient-error', 500, 'api_error', 'Internal'],
    ['transient-error/conflict', 409, 'conflict_error', 'resource'],
    ['overloaded/529', 529, 'overloaded_error', 'Overloaded'],
    ['timeout-status', 504, 'timeout_error', 'timed out'],
  ])('play %s as %i %s', async (id, status, type, text) => {
    const answer = await see(id, true)

    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ type: 'error', error: { type }, request_id: 'req_fault' })
    expect(answer.body).toContain(text)
  })

  it('play an error inside a stream as an event of that name', async () => {
    const answer = await see('error-mid-stream', true)
    const events = eventsOf(answer.body)

    expect(answer.status).toBe(200)
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
    expect(answer.body).toMatch(/\n\nevent: error\ndata: \{.*\}\n\n$/)
    expect(answer.body).toContain('Hello')
  })
})
