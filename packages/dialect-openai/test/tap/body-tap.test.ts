import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { bytes, json, pieces, textOf } from '../support/bytes.ts'

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

const answer = (
  message: unknown = { role: 'assistant', content: 'a' },
  finish_reason = 'stop',
) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message, finish_reason }],
  usage,
})

function watch(body: Uint8Array, cuts: readonly number[] = []) {
  const tap = openaiChat.tap('json')
  const out = pieces(body, cuts).map((piece) => tap.push(piece))
  out.push(tap.end())
  expect(Buffer.concat(out)).toEqual(Buffer.from(body))
  return tap
}

const told = {
  complete: true,
  usage: { inputTokens: 3, outputTokens: 2 },
  finish: { reason: 'stop', raw: 'stop' },
  responseId: 'chatcmpl-1',
  model: 'm',
}

describe('a tap on a whole answer', () => {
  it('says what it said, wherever it was cut', () => {
    const body = json(answer())

    for (let cut = 1; cut < body.length; cut += 7) {
      expect(watch(body, [cut]).report()).toEqual(told)
    }
  })

  it('is meaningful once all of it has come', () => {
    const tap = openaiChat.tap('json')
    tap.push(json(answer()))
    expect(tap.meaningful).toBe(false)
    tap.end()

    expect(tap.meaningful).toBe(true)
  })

  it('knows of calls that a provider ends with stop', () => {
    expect(watch(json(answer({ tool_calls: [{ id: 'c' }] }))).report().finish).toEqual({
      reason: 'tool-calls',
      raw: 'stop',
    })
    expect(watch(json(answer({ tool_calls: [] }))).report().finish).toMatchObject({
      reason: 'stop',
    })
  })

  it('counts embeddings', () => {
    const body = {
      object: 'list',
      data: [{ embedding: [1] }],
      model: 'e',
      usage: { prompt_tokens: 8 },
    }

    expect(watch(json(body)).report()).toEqual({
      complete: true,
      usage: { inputTokens: 8 },
      model: 'e',
    })
  })

  it('estimates what was not counted', () => {
    const { usage: _, ...uncounted } = answer({ content: 'x'.repeat(400) })

    expect(watch(json(uncounted)).report().estimate?.outputTokens).toBeGreaterThan(100)
  })

  it.each([
    [{ error: { message: 'x', code: 'insufficient_quota' } }, 'upstream_quota_exhausted'],
    [{ ...answer(), error: { message: 'x', code: 429 } }, 'upstream_rate_limited'],
    [{ base_resp: { status_code: 1002, status_msg: 'x' } }, 'upstream_error'],
    [{ detail: 'x' }, 'upstream_error'],
  ])('finds the error in %j', (body, code) => {
    const tap = watch(json(body))

    expect(tap.report()).toMatchObject({ complete: false, error: { code } })
    expect(tap.meaningful).toBe(false)
  })

  it.each(['', '{"choices":[', '<html>', '[1]', '{"choices":[{"index":0}]'])(
    'finds no answer in %j',
    (body) => {
      expect(watch(bytes(body)).report()).toMatchObject({
        complete: false,
        error: { code: 'upstream_invalid_response' },
      })
    },
  )

  it('finds neither answer nor error in an object that is neither', () => {
    expect(watch(json({ ok: true })).report()).toEqual({ complete: false })
  })

  it('is not misled by an error that is null or a base_resp that says all is well', () => {
    const fine = { ...answer(), error: null, base_resp: { status_code: 0 } }

    expect(watch(json(fine)).report()).toEqual(told)
  })

  it('cannot be ended honestly', () => {
    expect(openaiChat.tap('json').interrupt(new Error('x') as never)).toHaveLength(0)
  })
})

describe('a tap on a large answer', () => {
  const large = 'x"\\ "usage":{"prompt_tokens":9} "finish_reason":"length" '.repeat(3000)

  it('reads its two ends', () => {
    const body = json(answer({ role: 'assistant', content: large }))

    expect(body.length).toBeGreaterThan(100_000)
    expect(watch(body).report()).toEqual(told)
  })

  it('reads them whatever the order of the members', () => {
    const { id, model, choices, ...rest } = answer({ content: large })
    const sorted = {
      choices,
      id,
      model,
      ...rest,
      x_groq: { id: 'r', usage: { prompt_tokens: 99 } },
    }
    const [choice] = choices
    const early = {
      ...sorted,
      choices: [{ finish_reason: 'stop', index: 0, message: choice?.message }],
    }

    expect(watch(json(early)).report()).toEqual(told)
    expect(watch(bytes(JSON.stringify(sorted, null, 2))).report()).toEqual(told)
  })

  it('takes only the usage of the answer itself', () => {
    const body = { choices: [{ message: { content: large } }], x: { usage: { prompt_tokens: 99 } } }

    expect(watch(json(body)).report()).not.toHaveProperty('usage')
  })

  it('counts a long list of embeddings', () => {
    const data = Array.from({ length: 50 }, (_, index) => ({
      object: 'embedding',
      index,
      embedding: Array.from({ length: 200 }, () => 0.123456789),
    }))
    const body = json({
      object: 'list',
      data,
      model: 'e',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    })

    expect(watch(body).report()).toEqual({ complete: true, model: 'e', usage: { inputTokens: 8 } })
  })

  it('sees that it was cut off', () => {
    const body = json(answer({ content: large }))

    expect(watch(body.subarray(0, 90_000)).report()).toMatchObject({ complete: false })
  })
})

describe('a tap on opaque bytes', () => {
  it('lets them by and knows only whether they came to their end', () => {
    const tap = openaiChat.tap('opaque')

    expect(textOf(tap.push(bytes('RIFF')))).toBe('RIFF')
    expect(tap.report()).toEqual({ complete: false })
    expect(tap.end()).toHaveLength(0)
    expect(tap.report()).toEqual({ complete: true })
  })
})
