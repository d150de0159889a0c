import { completion, streamFrames } from '../answer.ts'
import type { Conversation } from '../conversation.ts'
import { pick, pickList, pickText } from './pick.ts'
import type { ClientProtocol, Essence, StreamForm, UpstreamProtocol } from './protocol.ts'

const path = '/v1/chat/completions'

const stream: StreamForm = {
  before: ['role'],
  piece: 'piece',
  behind: ['finish', 'usage', '[DONE]'],
  kindOf(event) {
    if (event === '[DONE]') return event
    const choice = pick(event, 'choices', 0)
    if (choice === undefined) return 'usage'
    if (pick(choice, 'finish_reason') === 'stop') return 'finish'
    return pick(choice, 'delta', 'role') === 'assistant' ? 'role' : 'piece'
  },
  textOf: (event) => pick(event, 'choices', 0, 'delta', 'content'),
  outputTokens: (event) => pick(event, 'usage', 'completion_tokens'),
}

/** Chat completions as OpenAI's SDK asks for them. */
export const chatClient: ClientProtocol = {
  name: 'chat',
  path,
  fields: (key) => [
    'user-agent: OpenAI/JS 7.50.0',
    'x-stainless-lang: js',
    'x-stainless-package-version: 7.50.0',
    'x-stainless-os: Linux',
    'x-stainless-arch: x64',
    'x-stainless-runtime: node',
    'x-stainless-runtime-version: v24.21.0',
    'x-stainless-retry-count: 0',
    'x-stainless-timeout: 600',
    `authorization: Bearer ${key}`,
  ],
  document: chatDocument,
  essence: chatEssence,
  answerText: (answer) => pick(answer, 'choices', 0, 'message', 'content'),
  stream,
}

/** Chat completions as OpenAI answers them. */
export const chatUpstream: UpstreamProtocol = {
  name: 'chat',
  path: '/chat/completions',
  essence: chatEssence,
  answer: completion,
  frames: streamFrames,
}

function chatDocument(conversation: Conversation, isStreamed: boolean): object {
  const { system, turns, question, tools } = conversation
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...turns.flatMap(turnMessages),
    { role: 'user', content: question },
  ]
  const definitions = tools.map((tool) => ({
    type: 'function',
    function: {
      name: tool.name,
      description: tool.description,
      strict: true,
      parameters: tool.parameters,
    },
  }))
  return {
    messages,
    ...(tools.length > 0
      ? { tools: definitions, tool_choice: 'auto', parallel_tool_calls: true }
      : {}),
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
}

function turnMessages(turn: Conversation['turns'][number]): readonly object[] {
  const { ask, callId, tool, input, result, reply } = turn
  const call = { name: tool, arguments: JSON.stringify(input) }
  return [
    { role: 'user', content: ask },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: callId, type: 'function', function: call }],
    },
    { role: 'tool', tool_call_id: callId, content: result },
    { role: 'assistant', content: reply },
  ]
}

function chatEssence(document: unknown): Essence {
  const messages = pickList(document, 'messages')
  const systems = messages.filter((message) => pick(message, 'role') === 'system')
  return {
    system: systems.map((message) => pickText(message, 'content')).join('\n'),
    steps: messages.flatMap(messageSteps),
    tools: pickList(document, 'tools').map((tool) => [
      pick(tool, 'function', 'name'),
      pick(tool, 'function', 'description'),
      pick(tool, 'function', 'parameters'),
    ]),
  }
}

function messageSteps(message: unknown): readonly (readonly string[])[] {
  const role = pickText(message, 'role')
  if (role === 'system') return []
  if (role === 'tool') {
    return [['result', pickText(message, 'tool_call_id'), pickText(message, 'content')]]
  }
  const calls = pickList(message, 'tool_calls').map((call) => [
    'call',
    pickText(call, 'id'),
    pickText(call, 'function', 'name'),
    pickText(call, 'function', 'arguments'),
  ])
  const content = pick(message, 'content') ?? ''
  return content === '' ? calls : [[role, pickText(message, 'content')], ...calls]
}
