import { GatewayError, type OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { gemini } from '../../src/index.ts'
import { array, bytes, chunk, json, sse, textOf, violationsOf } from '../support/bytes.ts'
import { recording } from '../support/recordings.ts'

const stop = { finishReason: 'STOP' }
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 }
const failure = (status: string, code: number) => ({
  error: { code, message: 'secret words', status },
})
const broken = new GatewayError('stream_interrupted', 'cut')

describe('watching an event stream', () => {
  it('knows what the last chunk says, however large it is', () => {
    const tap = gemini.tap('sse')
    const large = chunk([{ text: 'b', thoughtSignature: 'A'.repeat(9000) }], {
      ...stop,
      usageMetadata,
    })
    const parts = [
      sse(chunk([{ text: 'a' }])),
      sse(chunk([{ functionCall: { name: 'f' } }])),
      sse(large),
    ]
    const out = parts.map((text) => textOf(tap.push(bytes(text)))).join('')

    expect(out + textOf(tap.end())).toBe(parts.join(''))
    expect(tap.report()).toEqual({
      complete: true,
      finish: { reason: 'tool-calls', raw: 'STOP' },
      responseId: 'r1',
      model: 'gemini-3-pro',
      usage: { inputTokens: 3, outputTokens: 2 },
    })
  })

  it.each([
    ['sse', 'the first of all', ''],
    ['sse', 'behind others', sse(chunk([{ text: 'a' }]))],
    ['json-array', 'the first of all', '['],
    ['json-array', 'behind others', `[${JSON.stringify(chunk([{ text: 'a' }]))},`],
  ] as const)(
    'knows what a chunk of megabytes says that comes in pieces: %s, %s',
    (framing, _, before) => {
      const tap = gemini.tap(framing)
      const inlineData = { mimeType: 'image/png', data: 'A'.repeat(3 << 20) }
      const details = [{ modality: 'TEXT', tokenCount: 3 }]
      const usage = { ...usageMetadata, promptTokensDetails: details }
      const large = chunk([{ inlineData }], { ...stop, usageMetadata: usage })
      const stream = before + (framing === 'sse' ? sse(large) : `${JSON.stringify(large)}\n]`)
      const pieces = stream.match(/[\s\S]{1,50000}/g) ?? []
      const out = pieces.map((piece) => textOf(tap.push(bytes(piece)))).join('')

      expect(out + textOf(tap.end()) === stream).toBe(true)
      expect(tap.meaningful).toBe(true)
      expect(tap.report()).toMatchObject({
        complete: true,
        usage: { inputTokens: 3, outputTokens: 2 },
      })
    },
  )

  it('takes no large chunk for the end that has no finish reason', () => {
    const tap = gemini.tap('sse')
    const stream = sse(chunk([{ text: '"finishReason":"STOP"'.repeat(5_000) }]))
    for (const piece of [stream.slice(0, 70_000), stream.slice(70_000)]) tap.push(bytes(piece))
    tap.end()

    expect(tap.report().complete).toBe(false)
  })

  it.each<[string, unknown, boolean]>([
    ['an empty text', chunk([{ text: '' }]), false],
    ['usage alone', { usageMetadata, responseId: 'r' }, false],
    ['text', chunk([{ text: 'a' }]), true],
    ['a thought', chunk([{ text: 'a', thought: true }]), true],
    ['a call', chunk([{ functionCall: { name: 'f' } }]), true],
    ['a signature', chunk([{ text: '', thoughtSignature: 'QUJD' }]), true],
    ['a picture', chunk([{ inlineData: { data: 'A' } }]), true],
    ['a reason', chunk([], stop), true],
    ['a refusal', { promptFeedback: { blockReason: 'SAFETY' } }, true],
  ])('takes %s for what the client sees or not', (_, item, meaningful) => {
    const tap = gemini.tap('sse')
    tap.push(bytes(sse(item)))

    expect(tap.meaningful).toBe(meaningful)
  })

  it('keeps the last usage that counted anything', () => {
    const tap = gemini.tap('sse')
    const empty = { usageMetadata: { trafficType: 'X' }, responseId: 'r1' }
    tap.push(bytes(sse(chunk([{ text: 'a' }], { ...stop, usageMetadata }), empty)))
    tap.end()

    expect(tap.report().usage).toEqual({ inputTokens: 3, outputTokens: 2 })
  })

  it('says that the tools were called', () => {
    const tap = gemini.tap('sse')
    tap.push(bytes(sse(chunk([{ functionCall: { name: 'f' } }], stop))))
    tap.end()

    expect(tap.report().finish).toEqual({ reason: 'tool-calls', raw: 'STOP' })
  })

  it('stops at an error, whose words only a caller who caused it reads', () => {
    const first = sse(chunk([{ text: 'a' }]))
    for (const [item, told] of [
      [failure('INVALID_ARGUMENT', 400), true],
      [failure('INTERNAL', 500), false],
    ] as const) {
      const tap = gemini.tap('sse')
      tap.push(bytes(first))
      const out = textOf(tap.push(bytes(sse(item, chunk([{ text: 'b' }])))))

      expect(tap.ending).toMatchObject({ told })
      expect(out).toBe(told ? sse(item) : '')
      expect(tap.report()).toMatchObject({ complete: false })
    }
  })

  it('reads nothing of events that cannot end it', () => {
    const unread = 'data: {"candidates":[broken]}\r\n\r\n'
    const tap = gemini.tap('sse')
    tap.push(bytes(sse(chunk([{ text: 'a' }]))))

    expect(textOf(tap.push(bytes(unread)))).toBe(unread)
    expect(textOf(tap.push(bytes(unread + unread)))).toBe(unread + unread)
    expect(tap.ending).toBeUndefined()
  })

  it('knows an error before anything was seen', () => {
    const tap = gemini.tap('sse')
    tap.push(bytes(sse(failure('UNAVAILABLE', 503))))

    expect(tap.meaningful).toBe(false)
    expect(tap.report().error).toMatchObject({ code: 'upstream_overloaded' })
  })

  it('takes a stream without a reason for broken, and ends it honestly', () => {
    const tap = gemini.tap('sse')
    const out = tap.push(
      bytes(`${sse(chunk([{ text: 'a' }]), chunk([{ text: 'b' }]))}data: {"candi`),
    )
    tap.end()
    const ended = Buffer.concat([out, tap.interrupt(broken)])

    expect(tap.report()).toMatchObject({
      complete: false,
      estimate: { outputTokens: expect.any(Number) },
    })
    expect(violationsOf(ended)).toEqual([])
    expect(textOf(ended)).toMatch(/"error":\{"code":502/)
  })

  it('hears of state as it passes', () => {
    const { responseBody } = recording('google-builtin-stream-thinking-2cb82c')
    const heard: OpaqueState[] = []
    const tap = gemini.tap('sse', { onState: (state) => heard.push(state) })
    for (const byte of bytes(responseBody)) tap.push(Uint8Array.of(byte))
    tap.end()
    tap.report()

    expect(heard).toEqual(gemini.states?.find(bytes(responseBody)))
    expect(heard).toHaveLength(3)
  })
})

describe('watching what comes behind an answer', () => {
  const whole = chunk([{ text: 'b' }], { ...stop, usageMetadata })

  it.each<[string, string]>([
    ['a broken event', 'data: {"broken\n\n'],
    ['an error', sse(failure('INTERNAL', 500))],
  ])('takes %s out, in a read of its own or not', (_, garbage) => {
    for (const reads of [
      [sse(chunk([{ text: 'a' }])), sse(whole), garbage],
      [sse(chunk([{ text: 'a' }])), sse(whole) + garbage],
      [sse(whole) + garbage],
    ]) {
      const tap = gemini.tap('sse')
      const out = reads.map((read) => textOf(tap.push(bytes(read)))).join('')

      expect(out + textOf(tap.end())).toBe(reads.join('').replace(garbage, ''))
      expect(tap.ending).toBe('end')
      expect(tap.report()).toMatchObject({ complete: true, finish: { reason: 'stop' } })
    }
  })

  it('lets more chunks pass: another candidate may go on', () => {
    const tap = gemini.tap('sse')
    const text = sse(whole, { candidates: [{ content: { parts: [{ text: 'c' }] }, index: 1 }] })

    expect(textOf(tap.push(bytes(text)))).toBe(text)
    expect(tap.ending).toBeUndefined()
  })

  it('finds what is broken in front of it', () => {
    const tap = gemini.tap('sse')
    tap.push(bytes(`${sse(chunk([{ text: 'a' }]))}data: {"broken\n\n${sse(whole)}`))

    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' } })
    expect(tap.report().complete).toBe(false)
  })

  it('closes an array in front of it', () => {
    const tap = gemini.tap('json-array')
    const text = array(chunk([{ text: 'a' }]), whole)
    const error = JSON.stringify(failure('INTERNAL', 500))
    const out = [text.slice(0, -2), `,${error}]`].map((read) => textOf(tap.push(bytes(read))))

    expect(JSON.parse(out.join(''))).toEqual(JSON.parse(text))
    expect(tap.ending).toBe('end')
    expect(tap.report().complete).toBe(true)
  })
})

describe('watching an array', () => {
  it('lets only whole elements pass, and closes what breaks', () => {
    const tap = gemini.tap('json-array')
    const whole = array(chunk([{ text: 'a' }]), chunk([{ text: 'b' }]))
    const out = tap.push(bytes(whole.slice(0, -30)))
    tap.end()
    const ended = Buffer.concat([out, tap.interrupt(broken)])

    expect(tap.meaningful).toBe(true)
    expect(JSON.parse(textOf(ended))).toMatchObject([{}, { error: { status: 'INTERNAL' } }])
    expect(violationsOf(ended, 'json-array')).toEqual([])
  })

  it('closes an array that never began', () => {
    const tap = gemini.tap('json-array')

    expect(JSON.parse(textOf(tap.interrupt(broken)))).toMatchObject([{ error: {} }])
  })

  it('finds an error among its elements', () => {
    const tap = gemini.tap('json-array')
    tap.push(bytes(array(chunk([{ text: 'a' }])).slice(0, -2)))
    const out = tap.push(bytes(`,${JSON.stringify(failure('INTERNAL', 500))}]`))

    expect(tap.ending).toMatchObject({ error: { code: 'upstream_error' }, told: false })
    expect(textOf(out)).not.toContain('secret')
  })

  it('hears of state', () => {
    const heard: unknown[] = []
    const tap = gemini.tap('json-array', { onState: ({ data }) => heard.push(data) })
    tap.push(
      bytes(array(chunk([{ text: 'a' }]), chunk([{ text: '', thoughtSignature: 'QUJD' }], stop))),
    )
    tap.end()
    tap.report()

    expect(heard).toEqual(['QUJD'])
  })
})

describe('watching a whole answer', () => {
  const report = (body: Uint8Array, options = {}) => {
    const tap = gemini.tap('json', options)
    tap.push(body)
    tap.end()
    return tap.report()
  }

  it('knows what it says', () => {
    expect(
      report(json(chunk([{ functionCall: { name: 'f' } }], { ...stop, usageMetadata }))),
    ).toEqual({
      complete: true,
      finish: { reason: 'tool-calls', raw: 'STOP' },
      responseId: 'r1',
      model: 'gemini-3-pro',
      usage: { inputTokens: 3, outputTokens: 2 },
    })
  })

  it('estimates what was not counted', () => {
    expect(
      report(json(chunk([{ text: 'a'.repeat(400) }], stop))).estimate?.outputTokens,
    ).toBeGreaterThan(100)
  })

  it('knows refused prompts, counted tokens, embeddings and errors', () => {
    expect(report(json({ promptFeedback: { blockReason: 'OTHER' } }))).toMatchObject({
      complete: true,
      finish: { reason: 'content-filter', raw: 'OTHER' },
    })
    expect(report(json({ totalTokens: 5 }))).toEqual({ complete: true })
    expect(report(json({ embedding: { values: [1] } }))).toEqual({ complete: true })
    expect(report(json(failure('NOT_FOUND', 404)))).toMatchObject({
      complete: false,
      error: { code: 'upstream_model_unavailable' },
    })
    expect(report(json({ surprise: 1 }))).toEqual({ complete: false })
    expect(report(bytes('{"candidates":['))).toMatchObject({
      complete: false,
      error: { code: 'upstream_invalid_response' },
    })
  })

  it('hears of state', () => {
    const heard: unknown[] = []
    report(json(chunk([{ text: 'a', thoughtSignature: 'QUJD' }], stop)), {
      onState: ({ data }: OpaqueState) => heard.push(data),
    })

    expect(heard).toEqual(['QUJD'])
  })
})
