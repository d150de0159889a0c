import { outputTokens, pieceText } from '../answer.ts'
import type { Conversation } from '../conversation.ts'
import { pick, pickList, pickText } from './pick.ts'
import type { ClientProtocol, Essence, StreamForm, UpstreamProtocol } from './protocol.ts'

const stream: StreamForm = {
  before: ['message_start', 'content_block_start'],
  piece: 'content_block_delta',
  behind: ['content_block_stop', 'message_delta', 'message_stop'],
  kindOf: (event) => pickText(event, 'type'),
  textOf: (event) => pick(event, 'delta', 'text'),
  outputTokens(event) {
    return pick(event, 'type') === 'message_delta'
      ? pick(event, 'usage', 'output_tokens')
      : undefined
  },
}

/** Messages as Anthropic's SDK asks for them. */
export const anthropicClient: ClientProtocol = {
  name: 'anthropic',
  path: '/v1/messages',
  fields: (key) => [
    'user-agent: Anthropic/JS 0.95.0',
    'anthropic-version: 2023-06-01',
    'x-stainless-lang: js',
    'x-stainless-package-version: 0.95.0',
    'x-stainless-os: Linux',
    'x-stainless-arch: x64',
    'x-stainless-runtime: node',
    'x-stainless-runtime-version: v24.21.0',
    'x-stainless-retry-count: 0',
    'x-stainless-timeout: 600',
    `x-api-key: ${key}`,
  ],
  document: messagesDocument,
  essence: messagesEssence,
  answerText: (answer) => pick(answer, 'content', 0, 'text'),
  stream,
}

/** Messages as Anthropic answers them. */
export const anthropicUpstream: UpstreamProtocol = {
  name: 'anthropic',
  path: '/messages',
  essence: messagesEssence,
  answer: (text) =>
    Buffer.from(
      JSON.stringify({
        ...message,
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        usage,
      }),
    ),
  frames: messageFrames,
}

const usage = {
  input_tokens: 180,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 1_024,
  output_tokens: outputTokens,
  service_tier: 'standard',
}

const message = {
  id: 'msg_01Bench0000000000000000',
  type: 'message',
  role: 'assistant',
  model: 'bench-model-11',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { ...usage, output_tokens: 1 },
}

const framesByContents = new Map<number, readonly Buffer[]>()

interface Event extends Readonly<Record<string, unknown>> {
  readonly type: string
}

function messageFrames(contents: number): readonly Buffer[] {
  const known = framesByContents.get(contents)
  if (known !== undefined) return known
  const block = { type: 'text', text: '' }
  const opening = [
    frame({ type: 'message_start', message }),
    frame({ type: 'content_block_start', index: 0, content_block: block }),
    frame({ type: 'ping' }),
  ]
  const frames = [
    Buffer.concat(opening),
    ...Array.from({ length: contents }, (_, index) => {
      const delta = { type: 'text_delta', text: pieceText(index) }
      return frame({ type: 'content_block_delta', index: 0, delta })
    }),
    frame({ type: 'content_block_stop', index: 0 }),
    frame({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    }),
    frame({ type: 'message_stop' }),
  ]
  framesByContents.set(contents, frames)
  return frames
}

function frame(payload: Event): Buffer {
  return Buffer.from(`event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`)
}

function messagesDocument(conversation: Conversation, isStreamed: boolean): object {
  const { system, turns, question, tools } = conversation
  const definitions = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: parameters,
  }))
  return {
    max_tokens: 32_000,
    ...(system === undefined ? {} : { system: [{ type: 'text', text: system }] }),
    messages: [...turns.flatMap(turnMessages), { role: 'user', content: [textBlock(question)] }],
    ...(tools.length > 0 ? { tools: definitions, tool_choice: { type: 'auto' } } : {}),
    ...(isStreamed ? { stream: true } : {}),
  }
}

function turnMessages(turn: Conversation['turns'][number]): readonly object[] {
  const { ask, callId, tool, input, result, reply } = turn
  const answer = { type: 'tool_result', tool_use_id: callId, content: [textBlock(result)] }
  return [
    { role: 'user', content: [textBlock(ask)] },
    { role: 'assistant', content: [{ type: 'tool_use', id: callId, name: tool, input }] },
    { role: 'user', content: [answer] },
    { role: 'assistant', content: [textBlock(reply)] },
  ]
}

function textBlock(text: string): object {
  return { type: 'text', text }
}

function messagesEssence(document: unknown): Essence {
  return {
    system: textIn(pick(document, 'system')),
    steps: pickList(document, 'messages').flatMap((item) => {
      const role = pickText(item, 'role')
      const content = pick(item, 'content')
      if (typeof content === 'string') return [[role, content]]
      return pickList(content).map((block) => blockStep(role, block))
    }),
    tools: pickList(document, 'tools').map((tool) => [
      pick(tool, 'name'),
      pick(tool, 'description'),
      pick(tool, 'input_schema'),
    ]),
  }
}

function blockStep(role: string, block: unknown): readonly string[] {
  switch (pick(block, 'type')) {
    case 'tool_use':
      return [
        'call',
        pickText(block, 'id'),
        pickText(block, 'name'),
        JSON.stringify(pick(block, 'input')),
      ]
    case 'tool_result':
      return ['result', pickText(block, 'tool_use_id'), textIn(pick(block, 'content'))]
    default:
      return [role, pickText(block, 'text')]
  }
}

/** A text, or the texts of a list of blocks. */
function textIn(content: unknown): string {
  if (typeof content === 'string') return content
  return pickList(content)
    .map((block) => pickText(block, 'text'))
    .join('\n')
}
