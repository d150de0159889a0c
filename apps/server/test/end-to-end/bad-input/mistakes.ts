import type { JsonObject } from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'

/** A request with a mistake below its top level: the members that are put into a good one, and the field to blame. */
type Mistake = readonly [members: JsonObject, field: string]

const chatMessage = (message: unknown, field: string): Mistake => [
  { messages: [{ role: 'user', content: 'Hi' }, message] },
  `messages[1]${field}`,
]
const chatPart = (part: unknown, field: string) =>
  chatMessage({ role: 'user', content: [part] }, `.content[0]${field}`)
const chatCall = (call: unknown, field: string) =>
  chatMessage({ role: 'assistant', tool_calls: [call] }, `.tool_calls[0]${field}`)
const chatTool = (tool: unknown, field: string): Mistake => [{ tools: [tool] }, `tools[0]${field}`]

const chat: Readonly<Record<string, Mistake>> = {
  'a message that is text': chatMessage('Hi', ''),
  'no role': chatMessage({ content: 'Hi' }, '.role'),
  'a role that is a number': chatMessage({ role: 1, content: 'Hi' }, '.role'),
  'a wrong role': chatMessage({ role: 'robot', content: 'Hi' }, '.role'),
  'content that is a number': chatMessage({ role: 'user', content: 1 }, '.content'),
  'a part that is a number': chatPart(1, ''),
  'a part without a type': chatPart({ text: 'Hi' }, '.type'),
  'a text part without its text': chatPart({ type: 'text' }, '.text'),
  'a text that is a number': chatPart({ type: 'text', text: 1 }, '.text'),
  'an image without its object': chatPart({ type: 'image_url' }, '.image_url'),
  'an image without its URL': chatPart({ type: 'image_url', image_url: {} }, '.image_url.url'),
  'audio without its data': chatPart(
    { type: 'input_audio', input_audio: { format: 'wav' } },
    '.input_audio.data',
  ),
  'a result without its call': chatMessage({ role: 'tool', content: 'x' }, '.tool_call_id'),
  'calls that are an object': chatMessage({ role: 'assistant', tool_calls: {} }, '.tool_calls'),
  'a call without its function': chatCall({ id: 'c', type: 'function' }, ''),
  'a call without its name': chatCall(
    { id: 'c', type: 'function', function: { arguments: '{}' } },
    '',
  ),
  'a tool that is text': chatTool('weather', ''),
  'a tool without its function': chatTool({ type: 'function' }, '.name'),
  'a tool without its name': chatTool({ type: 'function', function: {} }, '.function.name'),
  'parameters that are text': chatTool(
    { type: 'function', function: { name: 'f', parameters: 'x' } },
    '.function.parameters',
  ),
  'a choice without its name': [
    { tool_choice: { type: 'function', function: {} } },
    'tool_choice.function.name',
  ],
  'an unknown choice': [{ tool_choice: 'sometimes' }, 'tool_choice'],
  'a format without its schema': [
    { response_format: { type: 'json_schema' } },
    'response_format.json_schema',
  ],
  'a stop word that is a number': [{ stop: [1] }, 'stop[0]'],
}

const item = (broken: unknown, field: string): Mistake => [
  { input: [{ role: 'user', content: 'Hi' }, broken] },
  `input[1]${field}`,
]
const inputPart = (part: unknown, field: string) =>
  item({ role: 'user', content: [part] }, `.content[0]${field}`)
const responsesTool = (tool: unknown, field: string): Mistake => [
  { tools: [tool] },
  `tools[0]${field}`,
]

const responses: Readonly<Record<string, Mistake>> = {
  'an item that is a number': item(1, ''),
  'a message without a role': item({ type: 'message', content: 'Hi' }, '.role'),
  'a wrong role': item({ role: 'robot', content: 'Hi' }, '.role'),
  'content that is a number': item({ role: 'user', content: 1 }, '.content'),
  'a part that is a number': inputPart(1, ''),
  'a part without a type': inputPart({ text: 'Hi' }, '.type'),
  'a text part without its text': inputPart({ type: 'input_text' }, '.text'),
  'a text that is a number': inputPart({ type: 'input_text', text: 1 }, '.text'),
  'an image whose URL is a number': inputPart({ type: 'input_image', image_url: 1 }, '.image_url'),
  'a call without its name': item(
    { type: 'function_call', call_id: 'c', arguments: '{}' },
    '.name',
  ),
  'a result without its call': item({ type: 'function_call_output', output: 'x' }, '.call_id'),
  'a tool that is text': responsesTool('weather', ''),
  'a tool without its name': responsesTool({ type: 'function', parameters: {} }, '.name'),
  'parameters that are text': responsesTool(
    { type: 'function', name: 'f', parameters: 'x' },
    '.parameters',
  ),
  'an unknown choice': [{ tool_choice: 'sometimes' }, 'tool_choice'],
  'an effort that is a number': [{ reasoning: { effort: 3 } }, 'reasoning.effort'],
}

const message = (broken: unknown, field: string): Mistake => [
  { messages: [{ role: 'user', content: 'Hi' }, broken] },
  `messages[1]${field}`,
]
const block = (broken: unknown, field: string, role = 'user') =>
  message({ role, content: [broken] }, `.content[0]${field}`)
const anthropicTool = (tool: unknown, field: string): Mistake => [
  { tools: [tool] },
  `tools[0]${field}`,
]

const anthropic: Readonly<Record<string, Mistake>> = {
  'a message that is text': message('Hi', ''),
  'no role': message({ content: 'Hi' }, '.role'),
  'a wrong role': message({ role: 'robot', content: 'Hi' }, '.role'),
  'content that is a number': message({ role: 'assistant', content: 1 }, '.content'),
  'a block that is a number': block(1, ''),
  'a block without a type': block({ text: 'Hi' }, '.type'),
  'a text block without its text': block({ type: 'text' }, '.text'),
  'a text that is a number': block({ type: 'text', text: 1 }, '.text'),
  'an image without its source': block({ type: 'image' }, '.source'),
  'an image without its data': block(
    { type: 'image', source: { type: 'base64', media_type: 'image/png' } },
    '.source.data',
  ),
  'a call without its id': block({ type: 'tool_use', name: 'f', input: {} }, '.id', 'assistant'),
  'a call without its name': block({ type: 'tool_use', id: 'c', input: {} }, '.name', 'assistant'),
  'a result without its call': block({ type: 'tool_result', content: 'x' }, '.tool_use_id'),
  'a result that is a number': block(
    { type: 'tool_result', tool_use_id: 'c', content: 1 },
    '.content',
  ),
  'a tool that is text': anthropicTool('weather', ''),
  'a tool without its name': anthropicTool({ input_schema: { type: 'object' } }, '.name'),
  'a schema that is text': anthropicTool({ name: 'f', input_schema: 'x' }, '.input_schema'),
  'a choice without its type': [{ tool_choice: {} }, 'tool_choice.type'],
  'a choice without its name': [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
  'thinking without its type': [{ thinking: {} }, 'thinking.type'],
  'a budget that is text': [
    { thinking: { type: 'enabled', budget_tokens: 'much' } },
    'thinking.budget_tokens',
  ],
  'a system block without its text': [{ system: [{ type: 'text' }] }, 'system[0].text'],
  'a stop sequence that is a number': [{ stop_sequences: [1] }, 'stop_sequences[0]'],
}

const content = (broken: unknown, field: string): Mistake => [
  { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }, broken] },
  `contents[1]${field}`,
]
const part = (broken: unknown, field: string, role = 'user') =>
  content({ role, parts: [broken] }, `.parts[0]${field}`)
const config = (members: JsonObject, field: string): Mistake => [
  { generationConfig: members },
  `generationConfig.${field}`,
]

const gemini: Readonly<Record<string, Mistake>> = {
  'a content that is a number': content(1, ''),
  'a wrong role': content({ role: 'robot', parts: [{ text: 'Hi' }] }, '.role'),
  'a part that is a number': part(1, ''),
  'a text that is a number': part({ text: 1 }, '.text'),
  'an image that is text': part({ inlineData: 'x' }, '.inlineData'),
  'an image whose data is a number': part(
    { inlineData: { mimeType: 'image/png', data: 1 } },
    '.inlineData.data',
  ),
  'a file without its address': part({ fileData: {} }, '.fileData.fileUri'),
  'a call without its name': part({ functionCall: { id: 'c' } }, '.functionCall.name', 'model'),
  'arguments that are an array': part(
    { functionCall: { name: 'f', args: [] } },
    '.functionCall.args',
    'model',
  ),
  'a tool that is text': [{ tools: ['weather'] }, 'tools[0]'],
  'declarations that are text': [
    { tools: [{ functionDeclarations: 'x' }] },
    'tools[0].functionDeclarations',
  ],
  'a declaration without its name': [
    { tools: [{ functionDeclarations: [{ description: 'x' }] }] },
    'tools[0].functionDeclarations[0].name',
  ],
  'an unknown mode': [
    { toolConfig: { functionCallingConfig: { mode: 1 } } },
    'toolConfig.functionCallingConfig.mode',
  ],
  'a temperature that is text': config({ temperature: 'hot' }, 'temperature'),
  'a limit that is text': config({ maxOutputTokens: 'many' }, 'maxOutputTokens'),
  'stop sequences that are a number': config({ stopSequences: 1 }, 'stopSequences'),
  'a schema that is text': config(
    { responseMimeType: 'application/json', responseSchema: 'x' },
    'responseSchema',
  ),
  'thinking that is text': config({ thinkingConfig: 'x' }, 'thinkingConfig'),
}

/** Mistakes that only show when somebody reads the conversation. */
export const nestedMistakes: Readonly<Record<DialectName, Readonly<Record<string, Mistake>>>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini,
}

/** Requests without what their protocol needs, or with nothing in it: the members, `undefined` to leave one out. */
export const missingMembers: Readonly<
  Record<DialectName, Readonly<Record<string, readonly [Record<string, unknown>, string]>>>
> = {
  'openai-chat': {
    'no messages': [{ messages: undefined }, 'messages'],
    'messages that are null': [{ messages: null }, 'messages'],
    'empty messages': [{ messages: [] }, 'messages'],
    'no model': [{ model: undefined }, 'model'],
  },
  'openai-responses': {
    'no input': [{ input: undefined }, 'input'],
    'input that is null': [{ input: null }, 'input'],
    'no model': [{ model: undefined }, 'model'],
  },
  'anthropic-messages': {
    'no messages': [{ messages: undefined }, 'messages'],
    'empty messages': [{ messages: [] }, 'messages'],
    'no model': [{ model: undefined }, 'model'],
  },
  gemini: {
    'no contents': [{ contents: undefined }, 'contents'],
    'contents that are null': [{ contents: null }, 'contents'],
    'empty contents': [{ contents: [] }, 'contents'],
  },
}
