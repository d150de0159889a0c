import assert from 'node:assert/strict'
import type { StreamPart } from '@jackfield/core'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { type Hands, type LaneCheck, onLanes, type Theme } from '../check.ts'
import { iterate, translatorOf } from '../direct.ts'
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
    const parts = await richParts(hands, lane)

    assert.equal(parts.filter(({ type }) => type === 'finish').length, 1)
  },
}

const partOrder: LaneCheck<Lane> = {
  id: 'streams.part-order',
  title: 'gives its parts in a legal order',
  async run(hands, lane) {
    const parts = await richParts(hands, lane)

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
    const call = await askRichly(hands, lane)

    goodAnswer(call)
    assert.deepEqual(call.answer().violations, [])
  },
}

const severalDeltas: LaneCheck<Lane> = {
  id: 'streams.several-deltas',
  title: 'lets a long answer arrive in several pieces',
  async run(hands, lane) {
    const call = await askRichly(hands, lane)

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

/** An answer with something of everything that the backend can do. */
function richAnswer({ subject: { capabilities } }: Hands): ChatAnswer {
  const { reasoning, tools } = capabilities
  return {
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
}

async function askRichly(hands: Hands, lane: Lane): Promise<ClientCall> {
  const rig = await hands.rig()
  if (hasProvider(lane)) rig.says(lane, richAnswer(hands))
  return await rig.ask(lane, { tools: hands.subject.capabilities.tools })
}

/** All parts of such an answer, also those that come behind its end, where the host does not look any more. */
async function richParts(hands: Hands, lane: Lane): Promise<readonly StreamPart[]> {
  const rig = await hands.rig()
  if (!hasProvider(lane)) return await allOf((await iterate(rig, lane)).batches)
  await rig.ask(lane)
  const decoder = translatorOf(rig).chat.streamDecoder('sse')
  const frames = hands.subject.wire.frames(richAnswer(hands))
  return [...frames.flatMap((frame) => decoder.push(Buffer.from(frame))), ...decoder.end()]
}

async function allOf(
  batches: AsyncIterator<readonly StreamPart[]>,
): Promise<readonly StreamPart[]> {
  const parts: StreamPart[] = []
  for (;;) {
    const { done, value } = await batches.next()
    if (done === true) return parts
    parts.push(...value)
  }
}
