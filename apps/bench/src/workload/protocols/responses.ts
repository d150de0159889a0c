import type { Conversation } from '../conversation.ts'
import { chatClient } from './chat.ts'
import { pick, pickList, pickText } from './pick.ts'
import type { ClientProtocol, Essence, StreamForm } from './protocol.ts'

const stream: StreamForm = {
  before: [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
  ],
  piece: 'response.output_text.delta',
  behind: [
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ],
  kindOf: (event) => pickText(event, 'type'),
  textOf: (event) => pick(event, 'delta'),
  outputTokens: (event) => pick(event, 'response', 'usage', 'output_tokens'),
}

/** Responses as OpenAI's SDK asks for them, with the whole conversation in the request as Codex sends it. */
export const responsesClient: ClientProtocol = {
  name: 'responses',
  path: '/v1/responses',
  fields: chatClient.fields,
  document: responsesDocument,
  essence: responsesEssence,
  answerText: (answer) => pick(answer, 'output', 0, 'content', 0, 'text'),
  stream,
}

function responsesDocument(conversation: Conversation, isStreamed: boolean): object {
  const { system, turns, question, tools } = conversation
  const definitions = tools.map(({ name, description, parameters }) => ({
    type: 'function',
    name,
    description,
    strict: true,
    parameters,
  }))
  return {
    ...(system === undefined ? {} : { instructions: system }),
    input: [...turns.flatMap(turnItems), messageItem('user', 'input_text', question)],
    ...(tools.length > 0
      ? { tools: definitions, tool_choice: 'auto', parallel_tool_calls: true }
      : {}),
    store: false,
    ...(isStreamed ? { stream: true } : {}),
  }
}

function turnItems(turn: Conversation['turns'][number]): readonly object[] {
  const { ask, callId, tool, input, result, reply } = turn
  return [
    messageItem('user', 'input_text', ask),
    { type: 'function_call', call_id: callId, name: tool, arguments: JSON.stringify(input) },
    { type: 'function_call_output', call_id: callId, output: result },
    messageItem('assistant', 'output_text', reply),
  ]
}

function messageItem(role: string, type: string, text: string): object {
  return { type: 'message', role, content: [{ type, text }] }
}

function responsesEssence(document: unknown): Essence {
  return {
    system: pick(document, 'instructions') === undefined ? '' : pickText(document, 'instructions'),
    steps: pickList(document, 'input').map(itemStep),
    tools: pickList(document, 'tools').map((tool) => [
      pick(tool, 'name'),
      pick(tool, 'description'),
      pick(tool, 'parameters'),
    ]),
  }
}

function itemStep(item: unknown): readonly string[] {
  switch (pick(item, 'type')) {
    case 'function_call':
      return [
        'call',
        pickText(item, 'call_id'),
        pickText(item, 'name'),
        pickText(item, 'arguments'),
      ]
    case 'function_call_output':
      return ['result', pickText(item, 'call_id'), pickText(item, 'output')]
    default:
      return [pickText(item, 'role'), pickText(item, 'content', 0, 'text')]
  }
}
