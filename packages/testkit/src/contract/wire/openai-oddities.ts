import { chatCompletion } from '../../fake/openai/chat-completion.ts'
import { type ChatStreamStyle, chatStream } from '../../fake/openai/chat-stream.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import { type Oddity, oddAnswer } from './provider-wire.ts'

type Wire = Record<string, unknown>

const completion: Wire = chatCompletion(oddAnswer)
const plain = chatStream(oddAnswer, { usage: 'own-chunk' })
const [first = '', ...rest] = plain

/** What providers of OpenAI's protocol have been seen to do (protocols.md 6, recordings). */
export const openAIOddities: readonly Oddity[] = [
  {
    id: 'unknown-finish-reason',
    title: 'names a finish reason that nobody knows',
    frames: chatStream({ ...oddAnswer, finishReason: 'sunset' }, { usage: 'own-chunk' }),
    body: JSON.stringify(chatCompletion({ ...oddAnswer, finishReason: 'sunset' })),
  },
  {
    id: 'unknown-members',
    title: 'adds members that nobody knows',
    frames: eachChunk((chunk) => ({ ...chunk, x_weather: { sky: ['blue', null, 1e3] } })),
    body: JSON.stringify({ ...completion, x_weather: { sky: ['blue', null, 1e3] } }),
  },
  {
    id: 'unknown-delta-members',
    title: 'adds members that nobody knows to deltas and messages',
    frames: eachChunk((chunk) => mapChoices(chunk, 'delta', { x_mood: null, annotations: [] })),
    body: JSON.stringify(mapChoices(completion, 'message', { x_mood: null, annotations: [] })),
  },
  {
    id: 'unknown-event',
    title: 'sends events that nobody knows',
    frames: [
      first,
      'event: ping\ndata: {}\n\n',
      'event: weather\ndata: {"sky":"blue"}\n\n',
      ...rest,
    ],
  },
  {
    id: 'null-members',
    title: 'writes null where a member could be left out',
    frames: eachChunk((chunk) =>
      mapChoices({ ...chunk, system_fingerprint: null, service_tier: null }, 'delta', {
        tool_calls: null,
        refusal: null,
        reasoning_content: null,
      }),
    ),
    body: JSON.stringify(
      mapChoices({ ...completion, system_fingerprint: null }, 'message', {
        tool_calls: null,
        reasoning_content: null,
        function_call: null,
      }),
    ),
  },
  styled('missing-role', 'names no role', { role: 'absent' }),
  styled('repeated-role', 'repeats the role in every chunk', { role: 'every-chunk' }),
  styled('usage-in-last-chunk', 'tells the usage with the finish reason', { usage: 'last-chunk' }),
  styled('no-usage', 'tells no usage', { usage: 'absent' }),
  styled('no-done', 'ends without [DONE]', { withoutDone: true }),
  styled('no-finish', 'ends without a finish reason', { withoutFinish: true }),
  {
    id: 'no-id',
    title: 'leaves out id, time and model',
    frames: eachChunk(({ id: _, created: __, model: ___, ...chunk }) => chunk),
    body: JSON.stringify(withoutHead(completion)),
  },
  {
    id: 'empty-choices',
    title: 'sends chunks without choices',
    frames: [first, sseFrame({ ...headOf(completion), choices: [] }), ...rest],
  },
]

function styled(id: string, title: string, style: ChatStreamStyle): Oddity {
  return { id, title, frames: chatStream(oddAnswer, { usage: 'own-chunk', ...style }) }
}

/** The plain stream with its chunks changed. */
function eachChunk(change: (chunk: Wire) => Wire): readonly string[] {
  return plain.map((frame) => {
    const data = frame.slice('data: '.length).trim()
    return data === '[DONE]' ? frame : sseFrame(change(JSON.parse(data) as Wire))
  })
}

/** Adds members to the delta or message of each choice. */
function mapChoices(wire: Wire, name: 'delta' | 'message', added: Wire): Wire {
  const choices = Array.isArray(wire['choices']) ? (wire['choices'] as readonly Wire[]) : []
  return {
    ...wire,
    choices: choices.map((choice) => ({
      ...choice,
      [name]: { ...added, ...(choice[name] as Wire) },
    })),
  }
}

function headOf({ id, created, model }: Wire): Wire {
  return { id, object: 'chat.completion.chunk', created, model }
}

function withoutHead({ id: _, created: __, model: ___, ...answer }: Wire): Wire {
  return answer
}
