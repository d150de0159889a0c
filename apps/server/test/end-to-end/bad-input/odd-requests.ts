import type { JsonObject } from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'

const future = { zz_future: { of: ['a', 1, null] } }
const tool = {
  type: 'function',
  name: 'f',
  parameters: { type: 'object', properties: {}, 'x-future': true },
}

/** Members of requests that are unusual and no mistakes: each call with one of them can succeed. */
export const oddRequests: Readonly<Record<DialectName, Readonly<Record<string, JsonObject>>>> = {
  'openai-chat': {
    'unknown members everywhere': {
      ...future,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...future }], ...future }],
      tools: [{ type: 'function', function: { name: 'f', ...future }, ...future }],
    },
    'an unknown part': {
      messages: [{ role: 'user', content: [{ type: 'zz_part', ...future }, text('text')] }],
    },
    'an unknown tool': { tools: [{ type: 'zz_tool', ...future }] },
    'an unknown response format': { response_format: { type: 'zz_format', ...future } },
    'an unknown effort': { reasoning_effort: 'zz' },
    'a response format without a type': { response_format: {} },
    'null for everything that is optional': nulls('temperature', 'tools', 'stop', 'max_tokens'),
    'arguments that are no text': {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [chatCall({ place: 'Oslo' })] },
        { role: 'tool', tool_call_id: 'c1', content: 'x' },
      ],
    },
    'a message of the assistant that says nothing': {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null },
        { role: 'user', content: 'Hello?' },
      ],
    },
  },
  'openai-responses': {
    'unknown members everywhere': {
      ...future,
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Hi', ...future }], ...future },
      ],
      tools: [{ ...tool, ...future }],
      reasoning: future,
      text: future,
    },
    'an unknown item': {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'zz_item', id: 'zz_1', ...future },
      ],
    },
    'an unknown part': {
      input: [{ role: 'user', content: [{ type: 'zz_part', ...future }, text('input_text')] }],
    },
    'an unknown tool': { tools: [{ type: 'zz_tool', ...future }] },
    'an unknown format': { text: { format: { type: 'zz_format', ...future } } },
    'an unknown effort': { reasoning: { effort: 'zz' } },
    'an unknown thing to include': { include: ['zz.future'] },
    'null for everything that is optional': nulls('tools', 'reasoning', 'text', 'instructions'),
    'text instead of items': { input: ['Hi'] },
    'arguments and results that are no text': {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: { place: 'Oslo' } },
        { type: 'function_call_output', call_id: 'c1', output: { degrees: 3 } },
      ],
    },
  },
  'anthropic-messages': {
    'unknown members everywhere': {
      ...future,
      messages: [{ role: 'user', content: [{ ...text('text'), ...future }], ...future }],
      tools: [{ name: 'f', input_schema: { type: 'object' }, ...future }],
      metadata: future,
    },
    'an unknown block': {
      messages: [{ role: 'user', content: [{ type: 'zz_block', ...future }, text('text')] }],
    },
    'an unknown source': {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'zz_source', ...future } }, text('text')],
        },
      ],
    },
    'an unknown tool': { tools: [{ type: 'zz_tool_20300101', name: 'zz', ...future }] },
    'an unknown kind of thinking': { thinking: { type: 'zz_thinking', ...future } },
    'an unknown effort': { output_config: { effort: 'zz', ...future } },
    'null for everything that is optional': nulls('system', 'tools', 'thinking', 'temperature'),
    'a turn that says nothing': {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [] },
        { role: 'user', content: 'Hello?' },
      ],
    },
  },
  gemini: {
    'unknown members everywhere': {
      zzFuture: [1],
      contents: [{ role: 'user', parts: [{ text: 'Hi', zzFuture: 1 }], zzFuture: {} }],
      tools: [{ functionDeclarations: [{ name: 'f', zzFuture: 1 }] }],
      generationConfig: { zzFuture: true, thinkingConfig: { zzFuture: 1 } },
    },
    'an unknown part': {
      contents: [{ role: 'user', parts: [{ zzPart: { a: 1 } }, { text: 'Hi' }] }],
    },
    'an unknown tool': { tools: [{ zzTool: {} }] },
    'an unknown thinking level': { generationConfig: { thinkingConfig: { thinkingLevel: 'ZZ' } } },
    'an unknown safety setting': {
      safetySettings: [{ category: 'HARM_CATEGORY_ZZ', threshold: 'ZZ' }],
    },
    'null for everything that is optional': nulls('tools', 'generationConfig', 'safetySettings'),
    'one content instead of a list': { contents: { parts: [{ text: 'Hi' }] } },
    'one part instead of a list': { contents: [{ role: 'user', parts: { text: 'Hi' } }] },
  },
}

function text(type: string): JsonObject {
  return { type, text: 'Hi' }
}

function nulls(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, null]))
}

function chatCall(args: unknown): JsonObject {
  return { id: 'c1', type: 'function', function: { name: 'f', arguments: args } }
}
