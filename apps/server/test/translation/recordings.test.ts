import type { StreamPart } from '@jackfield/core'
import { describe, expect, it, vi } from 'vitest'
import { sampleSize } from '../support/long-test.ts'
import { answerAsTold, answerEssence, answerMessage } from './round-trip/answer-essence.ts'
import { contextFor, dialects, protocols, titles } from './support/protocols.ts'
import { type Recording, recordings } from './support/recordings.ts'
import {
  collect,
  decodeStream,
  encodeStream,
  throughStream,
  violationsOf,
} from './support/streams.ts'

vi.setConfig({ testTimeout: sampleSize({ sample: 20_000, whole: 900_000 }) })

const cells = recordings.flatMap((recording) =>
  protocols.map((to) => [`${recording.file} to ${titles[to]}`, recording, to] as const),
)

/** Every place in the long test, else a spread of places; streams that are cut everywhere are small. */
function places({ body }: Recording): readonly number[] {
  const count = Math.min(body.length - 1, sampleSize({ sample: 24, whole: body.length }))
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * body.length) / count))
}

describe('recorded streams', () => {
  it('are of every protocol', () => {
    const kinds = protocols.map((from) => recordings.filter((one) => one.from === from).length)

    expect(recordings.length).toBeGreaterThanOrEqual(24)
    expect(Math.min(...kinds)).toBeGreaterThanOrEqual(5)
  })

  it.each(cells)('%s are legal', (_, { from, body }, to) => {
    expect(violationsOf(to, encodeStream(to, decodeStream(from, body)))).toEqual([])
  })

  it.each(cells)('%s say the same', (_, { from, body }, to) => {
    const parts = decodeStream(from, body)

    expect(answerMessage(throughStream(to, parts))).toEqual(
      answerMessage(answerAsTold(to, collect(parts))),
    )
  })

  it.each(cells)('%s come to what is told whole', (_, { from, body }, to) => {
    const parts = decodeStream(from, body)
    const { chat } = dialects[to]
    const document = chat.encodeResponse(collect(parts), contextFor(to, 'json'))
    const essence = to === 'chat' ? answerMessage : answerEssence

    expect(essence(throughStream(to, parts))).toEqual(essence(chat.decodeResponse(document)))
  })

  it.each(recordings.map((recording) => [recording.file, recording] as const))(
    '%s give the same parts wherever they are cut',
    (_, recording) => {
      const { from, body } = recording
      const whole = withLastUsage(decodeStream(from, body))

      for (const place of places(recording)) {
        expect(withLastUsage(decodeStream(from, body, { cuts: [place] }))).toEqual(whole)
      }
      expect(withLastUsage(decodeStream(from, body, { cuts: places(recording) }))).toEqual(whole)
    },
  )
})

/** Of the usage so far, which some providers tell again and again, a read tells the last. */
function withLastUsage(parts: readonly StreamPart[]): readonly StreamPart[] {
  const last = parts.findLastIndex(({ type }) => type === 'usage')
  return parts.filter(({ type }, index) => type !== 'usage' || index === last)
}
