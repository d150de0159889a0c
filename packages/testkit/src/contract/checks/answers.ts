import assert from 'node:assert/strict'
import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { type LaneCheck, onLanes, type Theme } from '../check.ts'
import { type Lane, providerLanes } from '../lanes.ts'
import { callsOf, goodAnswer, reasoningOf, textOf } from '../reading.ts'

const pieces = ['Grüße, ', '世界! ', '👩‍🚀 "quoted"', '\n\ttabbed \\ slashed'] as const
const usage = { promptTokens: 12, completionTokens: 8 }
const plain: ChatAnswer = { text: pieces, usage }
const cutShort: ChatAnswer = { text: ['Half of'], finishReason: 'length', usage }
const thinking: ChatAnswer = { reasoning: ['First ', 'this, then that.'], text: ['Done.'], usage }
const calling: ChatAnswer = {
  toolCalls: [
    { id: 'call_a', name: 'get_weather', arguments: ['{"ci', 'ty":"Zür', 'ich"}'] },
    { id: 'call_b', name: 'get_time', arguments: ['{"city":', '"Oslo"}'] },
  ],
  usage,
}

const ownWords: LaneCheck<Lane> = {
  id: 'answers.own-words',
  title: 'answers a plain question with text',
  async run(hands, lane) {
    const rig = await hands.rig()

    const answer = goodAnswer(await rig.ask(lane, { text: 'Say something.' }))

    assert.notEqual(textOf(answer), '')
  },
}

const text: LaneCheck = {
  id: 'answers.text',
  title: 'hands on the text of an answer to the letter',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, plain)

    const answer = goodAnswer(await rig.ask(lane))

    assert.equal(textOf(answer), pieces.join(''))
  },
}

const finish: LaneCheck = {
  id: 'answers.finish',
  title: 'hands on why an answer ended',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, cutShort)

    const answer = goodAnswer(await rig.ask(lane))

    assert.equal(answer.finish.reason, 'length')
  },
}

const reasoning: LaneCheck = {
  id: 'answers.reasoning',
  title: 'hands on reasoning, apart from the text',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, thinking)

    const answer = goodAnswer(await rig.ask(lane))

    assert.equal(reasoningOf(answer), 'First this, then that.')
    assert.equal(textOf(answer), 'Done.')
  },
}

const toolCalls: LaneCheck = {
  id: 'answers.tool-calls',
  title: 'hands on parallel tool calls with their ids, names and arguments',
  async run(hands, lane) {
    const rig = await hands.rig()
    rig.says(lane, calling)

    const answer = goodAnswer(await rig.ask(lane, { tools: true }))

    assert.deepEqual(callsOf(answer), [
      { id: 'call_a', name: 'get_weather', arguments: '{"city":"Zürich"}' },
      { id: 'call_b', name: 'get_time', arguments: '{"city":"Oslo"}' },
    ])
    assert.equal(answer.finish.reason, 'tool-calls')
  },
}

/** What the model says arrives whole and unchanged. */
export const answers: Theme = ({ lanes, capabilities }) => {
  const withProvider = providerLanes(lanes)
  return [
    ...onLanes(lanes, ownWords),
    ...onLanes(withProvider, text, finish),
    ...(capabilities.reasoning ? onLanes(withProvider, reasoning) : []),
    ...(capabilities.tools ? onLanes(withProvider, toolCalls) : []),
  ]
}
