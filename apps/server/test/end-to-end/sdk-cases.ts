import type OpenAI from 'openai'

type Params = OpenAI.Chat.Completions.ChatCompletionCreateParams

/** Request bodies that clients really send; `stream` is added by the tests. */
export const chatCases: Readonly<Record<string, Omit<Params, 'stream' | 'model'>>> = {
  'plain text': { messages: [{ role: 'user', content: 'Hello' }] },
  'unicode at every width': { messages: [{ role: 'user', content: 'é 漢 🎐 \u0000 \u2028' }] },
  'several turns and a system prompt': {
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Two' },
      { role: 'user', content: 'Three' },
    ],
    temperature: 0.2,
    max_completion_tokens: 50,
  },
  'a tool': { messages: [{ role: 'user', content: 'weather' }], tools: tools('weather') },
  'parallel tools': {
    messages: [{ role: 'user', content: 'weather and time' }],
    tools: tools('weather', 'time'),
  },
  'tool results': {
    messages: [
      { role: 'user', content: 'weather' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call('call_1', 'weather'), call('call_2', 'weather')],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
    ],
    tools: tools('weather'),
  },
  'an image': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        ],
      },
    ],
  },
  'structured output': {
    messages: [{ role: 'user', content: 'Answer as JSON' }],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: {
          type: 'object',
          properties: { city: { type: 'string' }, degrees: { type: 'number' } },
          required: ['city', 'degrees'],
          additionalProperties: false,
        },
      },
    },
  },
  'a stop word': { messages: [{ role: 'user', content: 'one two three' }], stop: ['two'] },
  'a token limit': { messages: [{ role: 'user', content: 'one two three' }], max_tokens: 2 },
}

function tools(...names: readonly string[]): OpenAI.Chat.Completions.ChatCompletionTool[] {
  return names.map((name) => ({
    type: 'function',
    function: {
      name,
      description: `Tells the ${name}.`,
      parameters: {
        type: 'object',
        properties: { place: { type: 'string' } },
        required: ['place'],
      },
    },
  }))
}

function call(
  id: string,
  name: string,
): OpenAI.Chat.Completions.ChatCompletionMessageFunctionToolCall {
  return { id, type: 'function', function: { name, arguments: '{"place":"Xi\'an"}' } }
}
