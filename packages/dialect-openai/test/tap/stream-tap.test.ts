import { createSseFramer, GatewayError, type Tap, type TapOptions } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { answer } from '../support/arbitrary-parts.ts'
import { bytes, chunk, context, pieces, sse, start, stop, textOf } from '../support/bytes.ts'

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

const usageChunk = { ...start, choices: [], usage }

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`

const text = (value: string) => event(chunk({ content: value }))

/** What clients get of a stream that is cut at these places, and the tap. */
function watch(
  stream: string,
  { cuts = [], ...options }: TapOptions & { readonly cuts?: readonly number[] } = {},
): { readonly out: string; readonly tap: Tap } {
  const tap = openaiChat.tap('sse', options)
  const out = pieces(bytes(stream), cuts).map((piece) => textOf(tap.push(piece)))
  return { out: [...out, textOf(tap.end())].join(''), tap }
}

describe('a tap on a stream', () => {
  it('lets all bytes by and says what they said', () => {
    const stream = sse(start, chunk({ content: 'a' }), stop, usageChunk)
    const { out, tap } = watch(stream)

    expect(out).toBe(stream)
    expect(tap.report()).toEqual({
      complete: true,
      usage: { inputTokens: 3, outputTokens: 2 },
      finish: { reason: 'stop', raw: 'stop' },
      responseId: 'chatcmpl-1',
      model: 'm',
    })
  })

  it('hands on the very chunks where they end with a frame', () => {
    const tap = openaiChat.tap('sse')
    const piece = bytes(text('a'))

    expect(tap.push(piece)).toBe(piece)
    expect(tap.push(piece)).toBe(piece)
  })

  it('lets all bytes by wherever the stream is cut, and never half a frame', () => {
    fc.assert(
      fc.property(
        answer,
        fc.array(fc.nat(4000)),
        fc.constantFrom('\n', '\r\n', '\r'),
        (parts, cuts, end) => {
          // What breaks a stream is not let by.
          fc.pre(parts.every(({ type }) => type !== 'error'))
          const written = textOf(openaiChat.chat.streamEncoder(context).push(parts))
          const stream = `: hello\n\n${written}`.replaceAll('\n', end)
          const tap = openaiChat.tap('sse')
          let out = ''
          for (const piece of pieces(
            bytes(stream),
            cuts.filter((cut) => cut < stream.length),
          )) {
            out += textOf(tap.push(piece))
            expect(out === '' || /(\n|\r)$/.test(out)).toBe(true)
          }

          expect(out + textOf(tap.end())).toBe(stream)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('holds the start of a frame back, so that a break leaves none in two', () => {
    const tap = openaiChat.tap('sse')
    const half = text('b').slice(0, 50)

    expect(textOf(tap.push(bytes(`${text('a')}${half}`)))).toBe(text('a'))
    expect(textOf(tap.interrupt(new GatewayError('stream_interrupted', 'Gone.')))).toBe(
      'data: {"error":{"message":"Gone.","type":"server_error","param":null,"code":"stream_interrupted"}}\n\n',
    )
  })

  it('lets a frame by in pieces that is larger than what may be held', () => {
    const tap = openaiChat.tap('sse')
    const large = text('x'.repeat(100_000))
    tap.push(bytes(text('a')))
    const out = pieces(bytes(`${large}${text('b')}`), [30_000, 60_000, 90_000]).map((piece) =>
      textOf(tap.push(piece)),
    )

    expect(out.map((piece) => piece.length > 0)).toEqual([false, false, true, true])
    expect(out.join('')).toBe(`${large}${text('b')}`)
  })

  it('ends a frame that broke in the middle before it tells the error', () => {
    const tap = openaiChat.tap('sse')
    tap.push(bytes(text('a')))
    tap.push(bytes(text('x'.repeat(100_000)).slice(0, 90_000)))

    expect(textOf(tap.interrupt(new GatewayError('stream_interrupted', 'Gone.')))).toMatch(
      /^\n\ndata: /,
    )
  })
})

describe('the first meaningful event', () => {
  const meaningfulAfter = (...chunks: unknown[]) => {
    const tap = openaiChat.tap('sse')
    return chunks.map((one) => {
      tap.push(bytes(typeof one === 'string' ? one : event(one)))
      return tap.meaningful
    })
  }

  it.each([
    ['text', chunk({ content: 'a' })],
    ['a list of parts', chunk({ content: [{ type: 'text', text: 'a' }] })],
    ['reasoning', chunk({ reasoning_content: 'a' })],
    [
      'reasoning details',
      chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'E' }] }),
    ],
    ['a refusal', chunk({ refusal: 'a' })],
    ['a call', chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f' } }] })],
    ['a deprecated call', chunk({ function_call: { name: 'f', arguments: '' } })],
    ['speech', chunk({ audio: { data: 'AA' } })],
    ['a finish reason', stop],
    ['the end', 'data: [DONE]\n\n'],
  ])('is %s', (_, meaningful) => {
    expect(meaningfulAfter(start, meaningful)).toEqual([false, true])
  })

  it.each([
    ['a comment', ': PROCESSING\n\n'],
    ['an empty delta', chunk({})],
    ['empty texts', chunk({ content: '', reasoning: null, refusal: '', tool_calls: [] })],
    [
      'empty objects of Snowflake',
      chunk({ audio: { id: '', data: '', transcript: '' }, function_call: { name: '' } }),
    ],
    ['usage', usageChunk],
    ['Azure’s preamble', { id: '', choices: [], prompt_filter_results: [] }],
    ['an error', { error: { message: 'x' } }],
    ['nonsense', 'data: {\n\n'],
  ])('is not %s', (_, meaningless) => {
    expect(meaningfulAfter(start, meaningless)).toEqual([false, false])
  })

  it('is the text of a legacy completion', () => {
    const tap = openaiCompletions.tap('sse')
    tap.push(bytes(event({ choices: [{ index: 0, text: '', finish_reason: null }] })))
    expect(tap.meaningful).toBe(false)
    tap.push(bytes(event({ choices: [{ index: 0, text: 'a', finish_reason: null }] })))

    expect(tap.meaningful).toBe(true)
  })
})

describe('the report of a tap', () => {
  const many = Array.from({ length: 500 }, (_, index) => chunk({ content: `word ${index} ` }))

  it('finds the end of a long stream in its tail', () => {
    expect(watch(sse(start, ...many, stop, usageChunk)).tap.report()).toEqual({
      complete: true,
      usage: { inputTokens: 3, outputTokens: 2 },
      finish: { reason: 'stop', raw: 'stop' },
      responseId: 'chatcmpl-1',
      model: 'm',
    })
  })

  it('finds usage wherever providers tell it', () => {
    const told = [
      { ...stop, usage },
      { ...stop, x_groq: { usage } },
      { ...stop, choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] },
    ]

    for (const end of told) {
      expect(watch(sse(start, ...many, end)).tap.report().usage).toEqual({
        inputTokens: 3,
        outputTokens: 2,
      })
    }
  })

  it('takes one of finish reason and [DONE] for an end, and neither for none', () => {
    const cut = (stream: string) => stream.slice(0, -'data: [DONE]\n\n'.length)

    expect(watch(cut(sse(start, ...many, stop))).tap.report()).toMatchObject({ complete: true })
    expect(watch(sse(start, ...many)).tap.report()).toMatchObject({
      complete: true,
      finish: { reason: 'stop' },
    })
    expect(watch(cut(sse(start, ...many))).tap.report()).toMatchObject({ complete: false })
    expect(watch('').tap.report()).toEqual({ complete: false })
  })

  it('takes an end without its last blank line for an end', () => {
    expect(watch(sse(start, ...many, stop).slice(0, -2)).tap.report()).toMatchObject({
      complete: true,
    })
  })

  it('knows of calls that a provider ends with stop', () => {
    const called = chunk({
      tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }],
    })

    expect(watch(sse(start, called, stop)).tap.report().finish).toEqual({
      reason: 'tool-calls',
      raw: 'stop',
    })
  })

  it('tells an error before anything meaningful, and one behind it', () => {
    const broken = { error: { message: 'busy', code: 'rate_limit_exceeded' } }
    const early = openaiChat.tap('sse')
    early.push(bytes(event(start)))
    early.push(bytes(event(broken)))

    expect(early.report()).toMatchObject({
      complete: false,
      error: { code: 'upstream_rate_limited' },
    })
    expect(early.meaningful).toBe(false)
    expect(watch(sse(start, ...many, broken)).tap.report()).toMatchObject({
      complete: false,
      error: { code: 'upstream_rate_limited' },
    })
  })

  it('may be asked for at any time, and changes nothing', () => {
    const tap = openaiChat.tap('sse')
    tap.push(bytes(event(start)))
    expect(tap.report()).toEqual({ complete: false, responseId: 'chatcmpl-1', model: 'm' })
    tap.push(bytes(text('a')))
    tap.report()
    tap.push(bytes(sse(stop, usageChunk)))

    expect(tap.report()).toEqual(tap.report())
    expect(tap.report()).toMatchObject({ complete: true, usage: { outputTokens: 2 } })
  })

  it('estimates the tokens of a stream that was cancelled', () => {
    const tap = openaiChat.tap('sse')
    tap.push(bytes(event(start)))
    for (const one of many) tap.push(bytes(event(one)))

    const { estimate, usage: told } = tap.report()
    expect(told).toBeUndefined()
    expect(estimate?.outputTokens).toBeGreaterThan(700)
    expect(estimate?.outputTokens).toBeLessThan(1300)
  })

  it('estimates nothing where the provider counted, or nothing was made', () => {
    expect(watch(sse(start, ...many, { ...stop, usage })).tap.report()).not.toHaveProperty(
      'estimate',
    )
    expect(watch(event(start)).tap.report()).not.toHaveProperty('estimate')
  })

  it('survives noise', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const tap = openaiChat.tap('sse')
        const out = [...chunks.map((one) => tap.push(one)), tap.end()]

        expect(Buffer.concat(out)).toEqual(Buffer.concat(chunks))
        expect(tap.report().usage).toBeUndefined()
      }),
    )
  })
})

describe('a tap that hides usage', () => {
  it('takes out the frame that nobody asked for, and nothing else', () => {
    const stream = sse(start, chunk({ content: 'a' }), stop)
    const extra = stream.replace('data: [DONE]', `${event(usageChunk)}data: [DONE]`)
    const { out, tap } = watch(extra, { hideUsage: true })

    expect(out).toBe(stream)
    expect(tap.report().usage).toEqual({ inputTokens: 3, outputTokens: 2 })
  })

  it('does so wherever the stream is cut', () => {
    const stream = sse({ ...start, usage: null }, chunk({ content: 'prompt_tokens' }), stop)
    const extra = stream.replace('data: [DONE]', `${event(usageChunk)}data: [DONE]`)

    for (let cut = 1; cut < extra.length; cut += 1) {
      expect(watch(extra, { hideUsage: true, cuts: [cut] }).out).toBe(stream)
    }
  })

  it('does so whatever the line ends', () => {
    const stream = sse(start, chunk({ content: 'a' }), stop)
    const extra = stream.replace('data: [DONE]', `${event(usageChunk)}data: [DONE]`)

    for (const end of ['\r\n', '\r']) {
      const whole = extra.replaceAll('\n', end)
      for (let cut = 1; cut < whole.length; cut += 1) {
        // A line end that is cut in two may lose or keep one half, which no reader sees.
        const { out } = watch(whole, { hideUsage: true, cuts: [cut] })
        expect(createSseFramer().push(bytes(out))).toEqual(createSseFramer().push(bytes(stream)))
      }
    }
  })

  it('takes it out however its JSON is spaced', () => {
    const spaced = `data: ${JSON.stringify(usageChunk, null, 1).replaceAll('\n', ' ')}\n\n`

    expect(watch(`${event(start)}${spaced}`, { hideUsage: true }).out).toBe(event(start))
  })

  it.each([
    ['usage beside a choice', { ...stop, usage }],
    ['an empty list without usage', { ...start, choices: [], moderation: {} }],
    ['usage that is null', { ...start, choices: [], usage: null }],
    ['text about it', chunk({ content: '{"choices":[],"usage":{"prompt_tokens":1}}' })],
    ['nonsense about it', 'x'],
  ])('leaves %s', (_, kept) => {
    const stream = sse(start, chunk({ content: 'a' }), kept, stop)

    expect(watch(stream, { hideUsage: true }).out).toBe(stream)
  })

  it('takes it out at the very end, where its blank line is missing', () => {
    const stream = event(start)

    expect(watch(`${stream}${event(usageChunk)}`.slice(0, -2), { hideUsage: true }).out).toBe(
      stream,
    )
  })
})
