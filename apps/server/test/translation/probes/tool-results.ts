import type { JsonObject } from '@jackfield/core'
import type { Topic } from './probe.ts'
import { anthropicTool, chatTool, geminiTools, responsesTool } from './tool-words.ts'

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
