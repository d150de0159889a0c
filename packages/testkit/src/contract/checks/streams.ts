import assert from 'node:assert/strict'
import type { StreamPart } from '@jackfield/core'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { hasProvider, type Lane } from '../lanes.ts'
import { PartGrammar } from '../part-grammar.ts'
import { goodAnswer } from '../reading.ts'
import type { ClientCall } from '../rig/client-call.ts'

const usage = { promptTokens: 12, completionTokens: 30 }
const long = Array.from({ length: 30 }, (_, at) => `word ${at} and some more, `)

const oneFinish: LaneCheck<Lane> = {
  id: 'streams.one-finish',
  title: 'finishes exactly once',
  async run(hands, lane) {
    const { parts } = await askRichly(hands, lane)

    assert.equal(parts.filter(({ type }) => type === 'finish').length, 1)
  },
}

const partOrder: LaneCheck<Lane> = {
  id: 'streams.part-order',
  title: 'gives its parts in a legal order',
  async run(hands, lane) {
    const { parts } = await askRichly(hands, lane)

    const grammar = new PartGrammar()
    const finish = parts.findIndex(({ type }) => type === 'finish')
    // How often it finishes is another check's affair.
    grammar.push(finish < 0 ? parts : parts.slice(0, finish + 1))

    assert.deepEqual(grammar.problems, [])
  },
}

const legalForClient: LaneCheck<Lane> = {
  id: 'streams.legal-for-client',
  title: 'leads to answers that are legal in the client’s protocol',
  async run(hands, lane) {
    const { call } = await askRichly(hands, lane)

    goodAnswer(call)
    assert.deepEqual(call.answer().violations, [])
  },
}

const severalDeltas: LaneCheck<Lane> = {
  id: 'streams.several-deltas',
  title: 'lets a long answer arrive in several pieces',
  async run(hands, lane) {
    const { call } = await askRichly(hands, lane)

    const parts = lane.client.dialect.chat.streamDecoder('sse').push(call.sink.body)

    assert.ok(parts.filter(({ type }) => type === 'text-delta').length > 1)
  },
}

/** Answers are well formed, as parts and as what clients read. */
export const streams: Theme = ({ lanes }) => {
  const decoded = lanes.filter(
    ({ way, upstreamStream }) => way !== 'forward' && upstreamStream !== false,
  )
  return [
    ...onLanes(decoded, oneFinish, partOrder),
    ...onLanes(lanes, legalForClient),
    ...onLanes(
      lanes.filter(({ stream }) => stream),
      severalDeltas,
    ),
  ]
}

/** One call whose answer has something of everything that the backend can do, and the parts that were made of it. */
async function askRichly(
  hands: Hands,
  lane: Lane,
): Promise<{ readonly call: ClientCall; readonly parts: readonly StreamPart[] }> {
  const { reasoning, tools } = hands.subject.capabilities
  const rich: ChatAnswer = {
    ...(reasoning && { reasoning: ['Thinking ', 'aloud.'] }),
    text: long,
    ...(tools && {
      toolCalls: [
        { id: 'call_a', name: 'get_weather', arguments: ['{"city":', '"Oslo"}'] },
        { id: 'call_b', name: 'get_time', arguments: '{"city":"Oslo"}' },
      ],
    }),
    usage,
  }
  const rig = await hands.rig()
  if (hasProvider(lane)) rig.says(lane, rich)
  const call = await rig.ask(lane, { tools })
  return { call, parts: rig.spy.answers[0] ?? [] }
}
