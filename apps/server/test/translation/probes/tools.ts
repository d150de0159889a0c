import type { JsonObject } from '@jackfield/core'
import type { Topic } from './probe.ts'

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

const chatTool = (name: string, rest: JsonObject = {}) => ({
  type: 'function',
  function: { name, ...rest },
})
const responsesTool = (name: string, rest: JsonObject = {}) => ({ type: 'function', name, ...rest })
const anthropicTool = (name: string, rest: JsonObject = {}) => ({
  name,
  input_schema: { type: 'object', properties: {} },
  ...rest,
})
const geminiTools = (...functions: readonly JsonObject[]) => ({
  tools: [{ functionDeclarations: functions }],
})

export const tools: Topic = {
  title: 'Tools',
  concepts: [
    {
      title: 'A function',
      said: {
        chat: { tools: [chatTool('weather', { description: 'Tells it.', parameters: schema })] },
        responses: {
          tools: [responsesTool('weather', { description: 'Tells it.', parameters: schema })],
        },
        anthropic: { tools: [{ name: 'weather', description: 'Tells it.', input_schema: schema }] },
        gemini: geminiTools({
          name: 'weather',
          description: 'Tells it.',
          parametersJsonSchema: schema,
        }),
      },
    },
    {
      title: 'A function without parameters',
      said: {
        chat: { tools: [chatTool('now')] },
        responses: { tools: [responsesTool('now')] },
        anthropic: { tools: [anthropicTool('now')] },
        gemini: geminiTools({ name: 'now' }),
      },
    },
    {
      title: 'Parameters in the OpenAPI subset',
      said: {
        gemini: geminiTools({
          name: 'weather',
          parameters: { type: 'OBJECT', properties: { city: { type: 'STRING', nullable: true } } },
        }),
      },
    },
    {
      title: 'Strict arguments',
      said: {
        chat: { tools: [chatTool('weather', { parameters: schema, strict: true })] },
        responses: { tools: [responsesTool('weather', { parameters: schema, strict: true })] },
        anthropic: { tools: [{ name: 'weather', input_schema: schema, strict: true }] },
      },
    },
    {
      title: 'A name that others refuse',
      said: {
        chat: { tools: [chatTool('server.now')] },
        gemini: geminiTools({ name: 'server.now' }),
      },
    },
    {
      title: 'A tool of free text',
      said: {
        chat: { tools: [{ type: 'custom', custom: { name: 'patch', description: 'Edits.' } }] },
        responses: { tools: [{ type: 'custom', name: 'patch', description: 'Edits.' }] },
      },
    },
    {
      title: 'A grammar',
      said: {
        chat: {
          tools: [
            {
              type: 'custom',
              custom: {
                name: 'patch',
                format: { type: 'grammar', grammar: { syntax: 'regex', definition: '[a-z]+' } },
              },
            },
          ],
        },
        responses: {
          tools: [
            {
              type: 'custom',
              name: 'patch',
              format: { type: 'grammar', syntax: 'regex', definition: '[a-z]+' },
            },
          ],
        },
      },
    },
    {
      title: 'Web search by the provider',
      said: {
        chat: { web_search_options: {} },
        responses: { tools: [{ type: 'web_search' }] },
        anthropic: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
        gemini: { tools: [{ googleSearch: {} }] },
      },
    },
    {
      title: 'Code run by the provider',
      said: {
        responses: { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
        anthropic: { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
        gemini: { tools: [{ codeExecution: {} }] },
      },
    },
    {
      title: 'What one provider runs alone',
      said: {
        responses: { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
        anthropic: { tools: [{ type: 'bash_20250124', name: 'bash' }] },
        gemini: { tools: [{ googleMaps: {} }] },
      },
    },
  ],
}

const two = {
  chat: { tools: [chatTool('a'), chatTool('b')] },
  responses: { tools: [responsesTool('a'), responsesTool('b')] },
  anthropic: { tools: [anthropicTool('a'), anthropicTool('b')] },
  gemini: geminiTools({ name: 'a' }, { name: 'b' }),
}

const choosing = (
  chat: JsonObject,
  responses: JsonObject,
  anthropic: JsonObject,
  gemini: JsonObject,
) => ({
  chat,
  responses,
  anthropic,
  gemini,
})

const mode = (config: JsonObject) => ({ toolConfig: { functionCallingConfig: config } })

export const toolChoice: Topic = {
  title: 'Tool choice',
  intro: 'Beside two tools, `a` and `b`.',
  beside: two,
  concepts: [
    {
      title: 'The model may call',
      said: choosing(
        { tool_choice: 'auto' },
        { tool_choice: 'auto' },
        { tool_choice: { type: 'auto' } },
        mode({ mode: 'AUTO' }),
      ),
    },
    {
      title: 'It may not',
      said: choosing(
        { tool_choice: 'none' },
        { tool_choice: 'none' },
        { tool_choice: { type: 'none' } },
        mode({ mode: 'NONE' }),
      ),
    },
    {
      title: 'It must',
      said: choosing(
        { tool_choice: 'required' },
        { tool_choice: 'required' },
        { tool_choice: { type: 'any' } },
        mode({ mode: 'ANY' }),
      ),
    },
    {
      title: 'It must call one',
      said: choosing(
        { tool_choice: { type: 'function', function: { name: 'a' } } },
        { tool_choice: { type: 'function', name: 'a' } },
        { tool_choice: { type: 'tool', name: 'a' } },
        mode({ mode: 'ANY', allowedFunctionNames: ['a'] }),
      ),
    },
    {
      title: 'It may call some',
      said: {
        chat: {
          tool_choice: {
            type: 'allowed_tools',
            allowed_tools: { mode: 'auto', tools: [chatTool('a')] },
          },
        },
        responses: {
          tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [responsesTool('a')] },
        },
        gemini: mode({ mode: 'VALIDATED', allowedFunctionNames: ['a'] }),
      },
    },
  ],
}

export const parallelCalls: Topic = {
  title: 'Parallel calls',
  intro: 'Beside two tools, `a` and `b`.',
  beside: two,
  concepts: [
    {
      title: 'One call at a time',
      said: {
        chat: { parallel_tool_calls: false },
        responses: { parallel_tool_calls: false },
        anthropic: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      },
    },
  ],
}

const called = {
  chat: {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'a', arguments: '{"n":1}' } }],
  },
  responses: { type: 'function_call', call_id: 'c1', name: 'a', arguments: '{"n":1}' },
  anthropic: {
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'c1', name: 'a', input: { n: 1 } }],
  },
  gemini: { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'a', args: { n: 1 } } }] },
}

const user = { role: 'user', content: 'Hi' }
const geminiUser = { role: 'user', parts: [{ text: 'Hi' }] }
const image = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }

const answered = (said: {
  chat?: JsonObject
  responses?: JsonObject
  anthropic?: JsonObject
  gemini?: JsonObject
}) => ({
  ...(said.chat === undefined
    ? {}
    : {
        chat: { messages: [user, called.chat, { role: 'tool', tool_call_id: 'c1', ...said.chat }] },
      }),
  ...(said.responses === undefined
    ? {}
    : {
        responses: {
          input: [
            user,
            called.responses,
            { type: 'function_call_output', call_id: 'c1', ...said.responses },
          ],
        },
      }),
  ...(said.anthropic === undefined
    ? {}
    : {
        anthropic: {
          messages: [
            user,
            called.anthropic,
            {
              role: 'user',
              content: [{ type: 'tool_result', tool_use_id: 'c1', ...said.anthropic }],
            },
          ],
        },
      }),
  ...(said.gemini === undefined
    ? {}
    : {
        gemini: {
          contents: [
            geminiUser,
            called.gemini,
            {
              role: 'user',
              parts: [{ functionResponse: { id: 'c1', name: 'a', ...said.gemini } }],
            },
          ],
        },
      }),
})

export const toolResults: Topic = {
  title: 'Calls and results',
  intro: 'Beside a tool, `a`.',
  beside: {
    chat: { tools: [chatTool('a')] },
    responses: { tools: [responsesTool('a')] },
    anthropic: { tools: [anthropicTool('a')] },
    gemini: geminiTools({ name: 'a' }),
  },
  concepts: [
    {
      title: 'A call and its result',
      said: answered({
        chat: { content: 'ok' },
        responses: { output: 'ok' },
        anthropic: { content: 'ok' },
        gemini: { response: { output: 'ok' } },
      }),
    },
    {
      title: 'A result that is an error',
      said: answered({
        anthropic: { content: 'No.', is_error: true },
        gemini: { response: { error: 'No.' } },
      }),
    },
    {
      title: 'A result that is an object',
      said: answered({ gemini: { response: { degrees: 20 } } }),
    },
    {
      title: 'A result with an image',
      said: answered({
        responses: {
          output: [
            { type: 'input_text', text: 'ok' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          ],
        },
        anthropic: {
          content: [
            { type: 'text', text: 'ok' },
            { type: 'image', source: image },
          ],
        },
        gemini: {
          response: { output: 'ok' },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }],
        },
      }),
    },
    {
      title: 'A call without a result',
      said: {
        chat: { messages: [user, called.chat, user] },
        responses: { input: [user, called.responses, user] },
        anthropic: { messages: [user, called.anthropic, user] },
        gemini: { contents: [geminiUser, called.gemini, geminiUser] },
      },
    },
    {
      title: 'A result without a call',
      said: {
        chat: { messages: [user, { role: 'tool', tool_call_id: 'c1', content: 'ok' }] },
        responses: { input: [user, { type: 'function_call_output', call_id: 'c1', output: 'ok' }] },
        anthropic: {
          messages: [
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'ok' }] },
          ],
        },
        gemini: {
          contents: [
            {
              role: 'user',
              parts: [{ functionResponse: { id: 'c1', name: 'a', response: { output: 'ok' } } }],
            },
          ],
        },
      },
    },
    {
      title: 'An id that others refuse',
      said: {
        chat: {
          messages: [
            user,
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'a:1', type: 'function', function: { name: 'a', arguments: '{}' } },
              ],
            },
            { role: 'tool', tool_call_id: 'a:1', content: 'ok' },
          ],
        },
      },
    },
    {
      title: 'Arguments that are no JSON',
      said: {
        chat: {
          messages: [
            user,
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'c1', type: 'function', function: { name: 'a', arguments: '{"n":' } },
              ],
            },
            { role: 'tool', tool_call_id: 'c1', content: 'ok' },
          ],
        },
      },
    },
  ],
}
