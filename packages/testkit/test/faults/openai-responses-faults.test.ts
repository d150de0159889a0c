import { describe, expect, it } from 'vitest'
import { reply } from '../../src/fake/script.ts'
import type { FaultErrorKind } from '../../src/faults/fault.ts'
import { faultCase, faultCases, faults } from '../../src/faults/faults.ts'
import { renderFault } from '../../src/faults/render-fault.ts'
import { faultAnswerText, faultSecret } from '../../src/faults/renderer.ts'
import { openAIResponsesFaults } from '../../src/faults/renderers/openai-responses.ts'
import { runFault } from '../../src/faults/run-fault.ts'
import { typed } from '../fake/openai-responses/typed.ts'
import { httpCall } from '../http-call.ts'
import { serve } from '../serve.ts'

const dialect = 'openai-responses'
const { piece, errorBody, errorEvent, completion } = openAIResponsesFaults
const pieces = ['prelude', 'first-part', 'rest', 'finish', 'terminator'] as const
const kinds = [...new Set(JSON.stringify(faults).match(/(?<="error":")[^"]+/g))] as FaultErrorKind[]

const textOrNull = expect.toSatisfy((value) => value === null || typeof value === 'string')

/** The envelope or the response in a body or an event. */
const errorIn = (text: string): unknown => (JSON.parse(text) as { error: unknown }).error

describe('the faults of Responses', () => {
  const cases = [true, false].flatMap((stream) =>
    faultCases({ dialect, stream }).map((fault) => ({ id: fault.id, fault, stream })),
  )

  it.each(cases)('$id can be played (stream: $stream)', ({ fault, stream }) => {
    if (fault.script.at === 'listener') {
      expect(() => renderFault(fault, { dialect, stream })).toThrow('needs runFault')
      return
    }
    const { steps } = renderFault(fault, { dialect, stream })
    const played = typeof steps === 'function' ? steps(undefined as never) : steps

    expect([...(played as Iterable<unknown>)].length).toBeGreaterThan(0)
  })

  it('are made of a good stream, which says what the whole answer says', () => {
    const events = typed(pieces.map(piece).join(''))

    expect(typed(piece('prelude')).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ])
    expect(typed(piece('first-part'))).toMatchObject([
      { type: 'response.output_text.delta', delta: 'Hello' },
    ])
    expect(typed(piece('rest'))).toMatchObject([{ type: 'response.output_text.delta' }])
    expect(typed(piece('terminator'))).toMatchObject([{ type: 'response.completed' }])
    expect(events.map((event) => event['sequence_number'])).toEqual([...events.keys()])
    expect(events.at(-1)?.['response']).toEqual(JSON.parse(completion))
    expect(completion).toContain(faultAnswerText)
  })

  it('break events as said', () => {
    const [, data = ''] = piece('broken-event').trimEnd().split('\n')

    expect(piece('broken-event').endsWith('\n\n')).toBe(true)
    expect(() => JSON.parse(data.slice('data: '.length))).toThrow(SyntaxError)
    expect(piece('open-event')).not.toContain('\n\n')
    expect(JSON.parse(`${piece('open-event').split('data: ')[1]}"}`)).toMatchObject({ delta: '' })
  })

  it.each(kinds)('spell the error %s in the envelope', (kind) => {
    expect(errorIn(errorBody(kind, 400))).toEqual({
      message: expect.any(String),
      type: expect.any(String),
      code: textOrNull,
      param: textOrNull,
    })
  })

  it('have the key of the operator in the answer that rejects it', () => {
    expect(errorBody('invalid-key', 401)).toContain(faultSecret)
  })

  it('end a stream with response.failed where the response has a code for it, else with an error event', () => {
    expect(typed(errorEvent('internal', 'behind'))).toMatchObject([
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error' }, output: [] },
      },
    ])
    expect(typed(errorEvent('rate-limit', 'behind'))).toMatchObject([
      { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded' } } },
    ])
    expect(typed(errorEvent('overloaded', 'behind'))).toEqual([
      {
        type: 'error',
        code: 'server_is_overloaded',
        message: 'The server is overloaded.',
        param: null,
      },
    ])
  })

  it('are seen on the wire', async () => {
    const server = await serve(reply(200, 'as before'))
    const play = (id: string, stream: boolean): Promise<void> =>
      runFault(server, faultCase(id), { dialect, stream })
    const ask = () => httpCall(`${server.url}/v1/responses`, { body: {} })

    await play('error-mid-stream', true)
    const broken = await ask()
    await play('context-length-exceeded', false)
    const refused = await ask()

    expect(broken.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(
      typed(broken.body)
        .map(({ type }) => type)
        .slice(-2),
    ).toEqual(['response.output_text.delta', 'error'])
    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({
      error: { code: 'context_length_exceeded', param: 'input' },
    })
  })
})
