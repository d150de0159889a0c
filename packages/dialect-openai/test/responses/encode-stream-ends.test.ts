import { GatewayError, type OpaqueState, type StreamPart } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batched } from '../../../dialect-kit/test/support/answer-parts.ts'
import { openaiResponses } from '../../src/index.ts'
import { answer } from '../support/arbitrary-parts.ts'
import { textOf } from '../support/bytes.ts'
import { called, outputOf, said, stop, thought } from './support/answer-parts.ts'
import {
  collect,
  context,
  decode,
  decodeWire,
  encodeParts,
  lastResponse,
  parsed,
  typesOf,
  violationsOf,
} from './support/responses.ts'

describe('state of reasoning', () => {
  const own: OpaqueState = {
    kind: 'encrypted-content',
    data: 'gAAA',
    origin: { dialect: 'openai-responses', scope: 's' },
  }
  const foreign: OpaqueState = {
    kind: 'signature',
    data: 'sig',
    origin: { dialect: 'anthropic-messages', scope: 's' },
  }

  it('goes out as it came', () => {
    const stream = encodeParts([...thought('summary', [own]), stop])

    expect(outputOf(stream)[0]?.['encrypted_content']).toBe('gAAA')
    expect(violationsOf(stream)).toEqual([])
  })

  it('goes out packed where it is another protocol’s', () => {
    const stream = encodeParts([...thought('summary', [foreign]), stop])

    expect(outputOf(stream)[0]?.['encrypted_content']).toBe(packStates([foreign]))
  })

  it('goes out without any words', () => {
    const stream = encodeParts([
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-end', id: 'r', state: [own] },
      stop,
    ])

    expect(outputOf(stream)).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
    ])
    expect(violationsOf(stream)).toEqual([])
  })

  it('is nothing where there are neither words nor state', () => {
    const stream = encodeParts([
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-end', id: 'r' },
      stop,
    ])

    expect(outputOf(stream)).toEqual([])
  })

  it('of a call goes out behind the call', () => {
    const thoughtSignature: OpaqueState = { ...foreign, kind: 'thought-signature' }
    const [start, one, two] = called('1')
    const end: StreamPart = { type: 'tool-call-end', id: '1', state: [thoughtSignature] }
    const stream = encodeParts([start, one, two, end, stop] as StreamPart[])

    expect(outputOf(stream).map(({ type }) => type)).toEqual(['function_call', 'reasoning'])
    expect(violationsOf(stream)).toEqual([])
  })

  it('of a text without words keeps its own place, and comes back there', () => {
    const thoughtSignature: OpaqueState = { ...foreign, kind: 'thought-signature' }
    const stream = encodeParts([
      ...said('Hi'),
      { type: 'text-start', id: 'empty' },
      { type: 'text-end', id: 'empty', state: [thoughtSignature] },
      stop,
    ])
    const items = outputOf(stream)
    const [, turn] = decodeWire({
      model: 'm',
      input: [{ role: 'user', content: 'q' }, ...items],
    }).messages

    expect(items.map(({ type }) => type)).toEqual(['message', 'reasoning'])
    expect(turn?.content).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'text', text: '', state: [thoughtSignature] },
    ])
  })
})

describe('a broken answer', () => {
  const error = new GatewayError('upstream_overloaded', 'The provider is overloaded.')

  it('ends with an error, at which SDKs raise, and a failed response, for which agents wait', () => {
    const stream = encodeParts([...said('Hi'), { type: 'error', error }])

    expect(typesOf(stream).slice(-2)).toEqual(['error', 'response.failed'])
    expect(parsed(stream).at(-2)).toMatchObject({
      code: 'overloaded',
      message: error.message,
      error: { type: 'server_error', code: 'overloaded' },
    })
    expect(lastResponse(stream)).toMatchObject({ status: 'failed', error: { code: 'overloaded' } })
    expect(violationsOf(stream)).toEqual([])
  })

  it('begins legally, also where nothing came before', () => {
    expect(violationsOf(encodeParts([{ type: 'error', error }]))).toEqual([])
  })

  it('says nothing behind its end', () => {
    const encoder = openaiResponses.chat.streamEncoder(context)
    encoder.push([{ type: 'error', error }])

    expect(encoder.push([...said('late'), stop])).toHaveLength(0)
  })
})

describe('any answer', () => {
  it('is a legal stream, whatever its batches', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat()), (parts, cuts) => {
        const encoder = openaiResponses.chat.streamEncoder(context)
        const stream = batched(parts, cuts).map((batch) => textOf(encoder.push(batch)))

        expect(violationsOf(stream.join(''))).toEqual([])
        expect(stream.join('')).toBe(encodeParts(parts))
      }),
      { numRuns: 300 },
    )
  })

  it('gives the document that it gives when it is not streamed', () => {
    fc.assert(
      fc.property(answer, (list) => {
        // A citation that comes behind its message has no event any more.
        const parts = list.filter(({ type }) => type !== 'source')
        if (parts.at(-1)?.type === 'error') return
        const whole = openaiResponses.chat.encodeResponse(
          { ...collect(parts), extensions: {} },
          context,
        )

        expect(JSON.parse(textOf(whole))).toEqual(lastResponse(encodeParts(parts)))
        expect(openaiResponses.validateResponse(whole)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('says the same when it is read again', () => {
    fc.assert(
      fc.property(answer, (parts) => {
        if (
          parts.at(-1)?.type === 'error' ||
          parts.some((part) => part.type === 'finish' && part.reason === 'error')
        )
          return
        const kept = (list: StreamPart[], type: string) =>
          list.map((part) => ('text' in part && part.type === type ? part.text : '')).join('')
        const again = decode(encodeParts(parts))

        for (const type of ['text-delta', 'reasoning-delta', 'refusal']) {
          expect(kept(again, type)).toBe(kept(parts, type))
        }
      }),
      { numRuns: 200 },
    )
  })
})
