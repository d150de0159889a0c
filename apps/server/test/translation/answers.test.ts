import { type ChatResponse, responseParts } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { sampleSize } from '../support/long-test.ts'
import { chatResponse } from './arbitrary/answer.ts'
import { answerAsTold, answerEssence, answerMessage } from './round-trip/answer-essence.ts'
import { statesSentBack } from './round-trip/sent-back.ts'
import { contextFor, dialects, protocols } from './support/protocols.ts'
import {
  collect,
  decodeStream,
  encodeStream,
  throughStream,
  violationsOf,
} from './support/streams.ts'

vi.setConfig({ testTimeout: sampleSize({ sample: 20_000, whole: 900_000 }) })

const numRuns = sampleSize({ sample: 200, whole: 5_000 })

describe.each(protocols)('an answer to a client of %s', (to) => {
  const { chat, validateResponse } = dialects[to]
  const encode = (answer: ChatResponse) => chat.encodeResponse(answer, contextFor(to, 'json'))

  it('is legal, streamed and whole', () => {
    fc.assert(
      fc.property(chatResponse, (answer) => {
        expect(violationsOf(to, encodeStream(to, [...responseParts(answer)]))).toEqual([])
        expect(validateResponse(encode(answer))).toEqual([])
      }),
      { numRuns },
    )
  })

  it('says the same, streamed and whole', () => {
    fc.assert(
      fc.property(chatResponse, (answer) => {
        const whole = chat.decodeResponse(encode(answer))

        const streamed = throughStream(to, [...responseParts(answer)])
        // A message of Chat has no order among its kinds of content; a stream has.
        const essence = to === 'chat' ? answerMessage : answerEssence
        expect(essence(streamed)).toEqual(essence(whole))
      }),
      { numRuns },
    )
  })

  it('says what the provider said', () => {
    fc.assert(
      fc.property(chatResponse, (answer) => {
        const whole = chat.decodeResponse(encode(answer))

        expect(answerMessage(whole)).toEqual(answerMessage(answerAsTold(to, answer)))
      }),
      { numRuns },
    )
  })

  it('gives the same parts wherever its stream is cut', () => {
    fc.assert(
      fc.property(chatResponse, fc.array(fc.nat(), { maxLength: 8 }), (answer, places) => {
        const bytes = encodeStream(to, [...responseParts(answer)])
        const cuts = places.map((place) => place % bytes.length)

        expect(decodeStream(to, bytes, { cuts })).toEqual(decodeStream(to, bytes))
      }),
      { numRuns },
    )
  })
})

describe('an answer as an array of JSON, which Gemini has besides event streams', () => {
  it('is legal and says what the event stream says, wherever it is cut', () => {
    fc.assert(
      fc.property(chatResponse, fc.array(fc.nat(), { maxLength: 8 }), (answer, places) => {
        const parts = [...responseParts(answer)]
        const bytes = encodeStream('gemini', parts, 'json-array')
        const cuts = places.map((place) => place % bytes.length)
        const decoded = decodeStream('gemini', bytes, { cuts, framing: 'json-array' })

        expect(violationsOf('gemini', bytes, 'json-array')).toEqual([])
        expect(answerEssence(collect(decoded))).toEqual(
          answerEssence(throughStream('gemini', parts)),
        )
      }),
      { numRuns },
    )
  })
})

/** Chat has no place for state: the gateway keeps it by the ids of calls. */
const carriers = protocols.filter((name) => name !== 'chat')

describe.each(carriers)('the opaque state of an answer to a client of %s', (to) => {
  it('comes back whole', () => {
    fc.assert(
      fc.property(chatResponse, (answer) => {
        const states = answer.content.flatMap((part) => {
          // Anthropic’s calls have no place for state: it is remembered by the id of the call.
          const isKept = to === 'anthropic' && part.type === 'tool-call'
          return 'state' in part && !isKept ? (part.state ?? []) : []
        })
        const back = statesSentBack(to, answer).map(({ kind, data }) => ({ kind, data }))

        for (const { kind, data } of states) expect(back).toContainEqual({ kind, data })
      }),
      { numRuns },
    )
  })
})
