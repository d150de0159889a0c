import type { JsonObject } from '@jackfield/core'
import type { Topic } from './probe.ts'
import { anthropicTool, chatTool, geminiTools, responsesTool } from './tool-words.ts'

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

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
      title: 'Members of a tool that one protocol has alone',
      said: {
        chat: { tools: [chatTool('a', { made_up: 1 })] },
        responses: { tools: [{ ...responsesTool('a'), defer_loading: true }] },
        anthropic: {
          tools: [{ ...anthropicTool('a'), defer_loading: true, input_examples: [{}] }],
        },
        gemini: geminiTools({ name: 'a', behavior: 'NON_BLOCKING' }),
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
