import { anthropicMessage } from '../../fake/anthropic/anthropic-message.ts'
import {
  type AnthropicStreamStyle,
  anthropicStream,
} from '../../fake/anthropic/anthropic-stream.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import { anthropicAnswerOf } from './anthropic-wire-answer.ts'
import { type Oddity, oddAnswer } from './provider-wire.ts'

type Wire = Record<string, unknown>

const answer = anthropicAnswerOf(oddAnswer)
const message: Wire = anthropicMessage(answer)
const plain = anthropicStream(answer)
const [first = '', ...rest] = plain

/** What providers of Anthropic's protocol have been seen to do (protocol reference 3.7 and 8.4). */
export const anthropicOddities: readonly Oddity[] = [
  {
    id: 'unknown-stop-reason',
    title: 'names a stop reason that nobody knows',
    frames: anthropicStream({ ...answer, stopReason: 'sunset' }),
    body: JSON.stringify(anthropicMessage({ ...answer, stopReason: 'sunset' })),
  },
  {
    id: 'unknown-members',
    title: 'adds members that nobody knows',
    frames: eachEvent((event) => ({ ...event, x_weather: { sky: ['blue', null, 1e3] } })),
    body: JSON.stringify({ ...message, x_weather: { sky: ['blue', null, 1e3] } }),
  },
  {
    id: 'unknown-event',
    title: 'sends events that nobody knows',
    frames: [first, sseFrame({ type: 'weather', sky: 'blue' }, { event: 'weather' }), ...rest],
  },
  {
    id: 'unknown-delta',
    title: 'sends deltas of a kind that nobody knows',
    frames: afterFirstDelta({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'mood_delta', mood: 'fine' },
    }),
  },
  {
    id: 'unknown-block',
    title: 'answers with a block of a kind that nobody knows besides',
    frames: anthropicStream({ ...answer, blocks: [...answer.blocks, unknownBlock()] }),
    body: JSON.stringify(
      anthropicMessage({ ...answer, blocks: [...answer.blocks, unknownBlock()] }),
    ),
  },
  {
    id: 'null-members',
    title: 'writes null where a member could be left out',
    frames: eachEvent((event) => ({ ...event, request_id: null, context_management: null })),
    body: JSON.stringify({ ...message, container: null, context_management: null }),
  },
  styled('often-pings', 'sends a ping before every delta', { pings: 'often' }),
  styled('no-pings', 'sends no ping', { pings: 'none' }),
  styled('no-input-usage', 'tells the input only at the start', { inputUsageAtEnd: 'absent' }),
  styled('null-input-usage', 'tells null for the input at the end', { inputUsageAtEnd: 'null' }),
  styled('no-event-names', 'names no events', { withoutEventNames: true }),
  styled('padded', 'fills events up with white space', { padded: true }),
  styled('lean', 'leaves out what would be null', { lean: true }),
]

function styled(id: string, title: string, style: AnthropicStreamStyle): Oddity {
  return { id, title, frames: anthropicStream(answer, style) }
}

function unknownBlock() {
  return { type: 'whole', block: { type: 'weather_report', sky: 'blue' } } as const
}

/** The plain stream with its events changed. */
function eachEvent(change: (event: Wire) => Wire): readonly string[] {
  return plain.map((frame) => {
    const event = dataOf(frame)
    return sseFrame(change(event), { event: String(event['type']) })
  })
}

function afterFirstDelta(event: Wire): readonly string[] {
  const at = plain.findIndex((frame) => dataOf(frame)['type'] === 'content_block_delta')
  const added = sseFrame(event, { event: String(event['type']) })
  return plain.toSpliced(at + 1, 0, added)
}

function dataOf(frame: string): Wire {
  const line = frame.split('\n').find((each) => each.startsWith('data:')) ?? ''
  return JSON.parse(line.slice('data:'.length)) as Wire
}
