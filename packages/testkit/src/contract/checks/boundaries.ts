import assert from 'node:assert/strict'
import { Collector, type Dialect } from '@jackfield/core'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { cutPoints } from '../cut-points.ts'
import { translatorOf } from '../direct.ts'
import { type ProviderLane, providerLanes } from '../lanes.ts'
import type { Subject } from '../options.ts'
import { answerOf, singly, understood } from '../playing.ts'
import { goodAnswer, substanceOf, textOf } from '../reading.ts'
import type { Spelling } from '../wire/provider-wire.ts'

const pieces = ['Æther ', '漢字 ', '🧑🏽‍🚀.'] as const
const usage = { promptTokens: 9, completionTokens: 4 }

/** Places at which an answer is cut in two over the wire; where every byte is wanted they are all places. */
const sampled = 24

const byteByByte: LaneCheck = {
  id: 'boundaries.byte-by-byte',
  title: 'understands an answer that comes byte by byte',
  async run(hands, lane) {
    const rig = await hands.rig()
    const bytes = bytesOf(hands.subject, lane)
    const whole = await understood(rig, lane, [bytes])

    assert.deepEqual(await understood(rig, lane, singly(bytes)), whole)
  },
}

const twoReads: LaneCheck = {
  id: 'boundaries.two-reads',
  title: 'understands an answer wherever it is cut in two',
  async run(hands, lane) {
    const rig = await hands.rig()
    const bytes = bytesOf(hands.subject, lane)
    const whole = await understood(rig, lane, [bytes])

    for (const at of cutPoints(bytes, hands.subject.thorough ? bytes.length : sampled)) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)]
      assert.deepEqual(await understood(rig, lane, halves), whole, `cut at byte ${at}`)
    }
  },
}

const everyOffset: LaneCheck = {
  id: 'boundaries.every-offset',
  title: 'decodes a stream to the same answer from every two pieces of it',
  async run(hands, lane) {
    const rig = await hands.rig()
    const bytes = bytesOf(hands.subject, lane)
    await understood(rig, lane, [bytes])
    const dialect = translatorOf(rig)
    const whole = decoded(dialect, [bytes])

    for (let at = 1; at < bytes.length; at += 1) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)]
      assert.deepEqual(decoded(dialect, halves), whole, `cut at byte ${at}`)
    }
  },
}

function spelled({ id, title, bytes }: Spelling): LaneCheck {
  return {
    id: `boundaries.${id}`,
    title: `understands a stream with ${title}`,
    async run(hands, lane) {
      const rig = await hands.rig()
      const halves = [bytes.subarray(0, 99), bytes.subarray(99)]
      rig.server.respondWith(answerOf(hands.subject.wire, lane, halves))

      assert.equal(textOf(goodAnswer(await rig.ask(lane))), pieces.join(''))
    },
  }
}

/** Where the network cuts a provider's answer makes no difference, nor how an event is spelled. */
export const boundaries: Theme = (subject) => {
  const withProvider = providerLanes(subject.lanes)
  const streaming = withProvider.filter(({ upstreamStream }) => upstreamStream)
  return [
    ...onLanes(withProvider, byteByByte, twoReads),
    ...onLanes(
      streaming.filter(({ way }) => way === 'translate'),
      everyOffset,
    ),
    ...onLanes(streaming, ...subject.wire.spellings(answerFor(subject)).map(spelled)),
  ]
}

function answerFor({ capabilities }: Subject): ChatAnswer {
  return { text: pieces, usage, ...(capabilities.reasoning && { reasoning: ['Hm, ', 'naïve?'] }) }
}

function bytesOf(subject: Subject, lane: ProviderLane): Uint8Array {
  const { wire } = subject
  const answer = answerFor(subject)
  return Buffer.from(lane.upstreamStream ? wire.frames(answer).join('') : wire.body(answer))
}

function decoded(dialect: Dialect, halves: readonly Uint8Array[]): object {
  const decoder = dialect.chat.streamDecoder('sse')
  const collector = new Collector()
  for (const half of halves) collector.push(decoder.push(half))
  collector.push(decoder.end())
  const { response } = collector
  assert.ok(response, 'the decoder gives no finish')
  return substanceOf(response)
}
