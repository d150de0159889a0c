import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameCount, streamFrames, unaryAnswer } from '../../src/workload/answer.ts'
import { prepareRequest } from '../../src/workload/prepared-request.ts'
import { requestBody } from '../../src/workload/request-body.ts'
import { decodeModel, encodeModel } from '../../src/workload/script.ts'

const model = encodeModel({ kind: 'unary' })

describe('requestBody', () => {
  it('is a chat request of exactly the wanted size, with the model where it is wanted', () => {
    for (const bytes of [200, 1_999, 10_000, 76_000, 400_000]) {
      for (const modelAt of ['head', 'tail'] as const) {
        for (const stream of [false, true]) {
          const body = requestBody({ bytes, model, stream, modelAt })
          const keys = Object.keys(JSON.parse(body.toString()))

          expect(body.length).toBe(bytes)
          expect(keys.indexOf('model')).toBe(modelAt === 'head' ? 0 : keys.length - 1)
        }
      }
    }
  })

  it('holds tools, tool calls and escaped text once it is as large as an agent’s', () => {
    const body = requestBody({ bytes: 76_000, model, stream: false, modelAt: 'head' })
    const request = JSON.parse(body.toString())

    expect(request.tools).toHaveLength(24)
    expect(request.messages[0].role).toBe('system')
    expect(new Set(request.messages.map(({ role }: { role: string }) => role))).toEqual(
      new Set(['system', 'user', 'assistant', 'tool']),
    )
    expect(body.toString().split('\\"').length).toBeGreaterThan(500)
  })

  it('is the same whenever it is made', () => {
    const options = { bytes: 20_000, model, stream: true, modelAt: 'tail' } as const

    expect(requestBody(options).equals(requestBody(options))).toBe(true)
  })

  it('refuses a size that no chat request can have', () => {
    expect(() => requestBody({ bytes: 20, model, stream: false, modelAt: 'head' })).toThrow(
      RangeError,
    )
  })
})

it('announces the length of the body that it sends', () => {
  const { head, body } = prepareRequest({ bytes: 500, model, stream: true, modelAt: 'head' })

  expect(head.toString()).toContain(`\r\ncontent-length: ${body.length}\r\n`)
  expect(head.toString()).toMatch(/\r\n\r\n$/)
})

describe('streamFrames', () => {
  it('makes frames of about 270 bytes of which no two are equal', () => {
    const frames = streamFrames(50)

    expect(frames).toHaveLength(frameCount(50))
    expect(new Set(frames.map(String)).size).toBe(frames.length)
    for (const frame of frames.slice(1, 51)) expect(Math.abs(frame.length - 270)).toBeLessThan(15)
  })

  it('ends as a provider does: finish, usage, [DONE]', () => {
    const [finish, usage, done] = streamFrames(1).slice(-3).map(String)

    expect(finish).toContain('"finish_reason":"stop"')
    expect(usage).toContain('"choices":[],"usage":{')
    expect(done).toBe('data: [DONE]\n\n')
  })
})

it('answers whole calls with a chat completion', () => {
  expect(JSON.parse(unaryAnswer.toString())).toMatchObject({ object: 'chat.completion' })
})

it('reads back every script that a model name carries, and nothing else', () => {
  const contents = fc.nat({ max: 999_999 })
  const script = fc.oneof(
    fc.constant({ kind: 'unary' } as const),
    fc.constant({ kind: 'digest' } as const),
    fc.constant({ kind: 'essence' } as const),
    contents.map((count) => ({ kind: 'lockstep', contents: count }) as const),
    fc
      .tuple(contents, fc.nat({ max: 9_999 }))
      .map(([count, intervalMs]) => ({ kind: 'stream', contents: count, intervalMs }) as const),
  )

  fc.assert(
    fc.property(script, (value) => {
      expect(decodeModel(encodeModel(value))).toEqual(value)
    }),
  )
  for (const name of ['gpt-5', 'bench-stream-5', 'bench-lockstep-5x1', 'bench-unary-2']) {
    expect(decodeModel(name)).toBeUndefined()
  }
})
