import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'
import {
  context,
  decode,
  joined,
  json,
  textOf,
  textOfParts,
  violationsOf,
} from '../support/bytes.ts'
import { answers, failures, recording, recordings, streams } from '../support/recordings.ts'
import { decodeWire, headOf } from '../support/requests.ts'

/** Every place in small streams, a spread of places in large ones. */
function places(length: number): number[] {
  const step = Math.max(1, Math.floor(length / (length < 6000 ? length : 200)))
  return Array.from({ length: Math.floor(length / step) }, (_, index) => index * step)
}

describe('recorded requests', () => {
  it.each(recordings)('$file is accepted', ({ request }) => {
    expect(headOf(request).model).toBe(request['model'])
  })

  it.each(recordings)('$file means the same after another way round', ({ request }) => {
    const once = openaiChat.chat.encodeRequest(decodeWire(request))
    const twice = openaiChat.chat.encodeRequest(decodeWire(once.body))

    expect(twice.body).toEqual(once.body)
  })
})

describe('recorded streams', () => {
  it('are there', () => {
    expect(streams.length).toBeGreaterThanOrEqual(10)
  })

  it.each(streams)('$file gives a whole answer', ({ responseBody }) => {
    const parts = decode(responseBody)

    expect(parts[0]?.type).toBe('start')
    expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1)
    expect(parts.at(-1)?.type).toBe('finish')
    expect(parts.filter(({ type }) => type === 'usage')).toHaveLength(1)
    expect(parts.some(({ type }) => type === 'error')).toBe(false)
  })

  it.each(streams)('$file gives the same wherever it is cut', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const expected = decode(whole)

    for (const place of places(whole.length)) {
      expect(decode(whole, { cuts: [place] })).toEqual(expected)
    }
  })

  it.each(streams)('$file gives the same byte by byte', ({ responseBody }) => {
    const whole = Buffer.from(responseBody)
    const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1)

    expect(decode(whole, { cuts })).toEqual(decode(whole))
  })

  it.each(streams)('$file becomes a legal stream for clients', ({ responseBody }) => {
    const encoder = openaiChat.chat.streamEncoder(context)

    expect(violationsOf(encoder.push(decode(responseBody)))).toEqual([])
  })

  it.each(streams)('$file says the same once it was encoded', ({ responseBody }) => {
    const parts = decode(responseBody)
    const again = decode(openaiChat.chat.streamEncoder(context).push(parts))
    const said = (list: typeof parts) =>
      joined(list).filter(({ type }) => type !== 'start' && type !== 'finish')

    expect(said(again)).toEqual(said(parts))
  })

  it.each(streams)('$file is watched to its end', ({ responseBody }) => {
    const tap = openaiChat.tap('sse')
    const out = Buffer.concat([tap.push(Buffer.from(responseBody)), tap.end()])
    const parts = decode(responseBody)
    const usage = parts.find(({ type }) => type === 'usage')

    expect(out.toString()).toBe(responseBody)
    expect(tap.report()).toMatchObject({ complete: true })
    expect(tap.report().usage).toEqual(usage?.type === 'usage' ? usage.usage : undefined)
  })
})

describe('recorded answers', () => {
  it.each(answers)('$file is decoded and encoded without loss', ({ responseBody }) => {
    const answer = openaiChat.chat.decodeResponse(Buffer.from(responseBody))
    const again = openaiChat.chat.decodeResponse(openaiChat.chat.encodeResponse(answer, context))

    expect(again.content).toEqual(answer.content)
    expect(again.usage).toEqual(answer.usage)
    expect(again.finish.reason).toBe(answer.finish.reason)
    expect(again.extensions).toEqual(answer.extensions)
  })

  it.each(answers)('$file becomes a legal answer for clients', ({ responseBody }) => {
    const answer = openaiChat.chat.decodeResponse(Buffer.from(responseBody))

    expect(openaiChat.validateResponse(openaiChat.chat.encodeResponse(answer, context))).toEqual([])
  })

  it.each(answers)('$file is watched', ({ responseBody }) => {
    const answer = openaiChat.chat.decodeResponse(Buffer.from(responseBody))
    const tap = openaiChat.tap('json')
    tap.push(Buffer.from(responseBody))
    tap.end()

    expect(tap.report()).toMatchObject({
      complete: true,
      finish: answer.finish,
      usage: answer.usage,
    })
    expect(tap.meaningful).toBe(true)
  })
})

describe('recorded errors', () => {
  it.each(failures)('$file says that the model is not there', ({ status, responseBody }) => {
    const error = openaiChat.decodeError({ status, headers: {}, body: Buffer.from(responseBody) })

    expect(error.code).toBe('upstream_model_unavailable')
    expect(error.message).toContain('does not exist')
  })
})

describe('particular recordings', () => {
  it('takes the reasoning of Mistral out of its content list', () => {
    const parts = decode(recording('mistral-stream').responseBody)

    expect(textOfParts(parts, 'reasoning')).toMatch(/^Okay, the user is asking/)
    expect(textOfParts(parts, 'text')).toMatch(/safe crossing\.$/)
  })

  it('takes an end without a finish reason for a stop', () => {
    const parts = decode(recording('myorg-myaccount-snowflakecomputing-stream').responseBody)

    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'stop' })
    expect(textOfParts(parts, 'reasoning')).toBe('15 * 27 = 405')
    expect(parts[0]).toEqual({ type: 'start', model: 'claude-sonnet-4-6' })
  })

  it('keeps the signature that came in pieces of reasoning_details, without its text', () => {
    const parts = decode(recording('openrouter-stream-thinking').responseBody)
    const end = parts.find(({ type }) => type === 'reasoning-end')

    expect(end).toMatchObject({
      state: [
        {
          kind: 'reasoning-details',
          data: [
            {
              type: 'reasoning.text',
              format: 'anthropic-claude-v1',
              index: 0,
              signature: expect.stringMatching(/^Et0BCk/),
            },
          ],
        },
      ],
    })
    expect(JSON.stringify(end)).not.toContain('simple arithmetic')
  })

  it('returns reasoning_details as they came', () => {
    const { responseBody } = recording('openrouter-json-thinking')
    const answer = openaiChat.chat.decodeResponse(Buffer.from(responseBody))
    const dialect = createOpenAIChat({ reasoning: { return: 'reasoning_details' } })
    const { body } = dialect.chat.encodeRequest({
      ...decodeWire({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
      messages: [{ role: 'assistant', content: answer.content }],
    })

    const wire = JSON.parse(responseBody).choices[0].message
    expect(body['messages']).toMatchObject([{ reasoning_details: wire.reasoning_details }])
  })

  it('drops the empty calls and speech that Snowflake fills in', () => {
    const { responseBody } = recording('myorg-myaccount-snowflakecomputing-json-tools')
    const { content, finish } = openaiChat.chat.decodeResponse(Buffer.from(responseBody))

    expect(content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool-call'])
    expect(content[2]).toMatchObject({ kind: 'function', name: 'get_weather' })
    expect(finish).toEqual({ reason: 'tool-calls' })
  })

  it('splits a think tag that was never closed, where the variant says that there may be one', () => {
    const { responseBody } = recording('huggingface-json')
    const dialect = createOpenAIChat({ reasoning: { thinkTags: true } })
    const { content } = dialect.chat.decodeResponse(Buffer.from(responseBody))

    expect(content.map(({ type }) => type)).toEqual(['reasoning'])
    expect(content[0]).toMatchObject({ text: expect.stringMatching(/^Hmm, the user/) })
  })

  it('keeps what only this dialect knows, in the shape of the wire', () => {
    const { responseBody } = recording('groq-json-0a2c75')
    const answer = openaiChat.chat.decodeResponse(Buffer.from(responseBody))
    const again = JSON.parse(textOf(openaiChat.chat.encodeResponse(answer, context)))

    expect(again).toMatchObject({ x_groq: { id: 'req_01jr8hj0hzeq9b86xqb5dn7wqs' } })
    expect(again.usage).toMatchObject({ queue_time: 0.100731848 })
  })

  it('reads the same request from what it wrote', () => {
    const wire = recording('openai-images-json').request
    const { body } = openaiChat.chat.encodeRequest(decodeWire(wire))

    expect(JSON.parse(textOf(json(body)))).toEqual(wire)
  })
})
