import type { JsonObject } from '@jackfield/core'
import type { Topic } from './probe.ts'

const finish = { chat: 'choices.0', gemini: 'candidates.0' }

export const finishReasons: Topic = {
  title: 'Finish reasons',
  place: finish,
  hidden: ['output'],
  concepts: [
    {
      title: 'Most tokens reached',
      said: {
        chat: { finish_reason: 'length' },
        responses: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
        anthropic: { stop_reason: 'max_tokens' },
        gemini: { finishReason: 'MAX_TOKENS' },
      },
    },
    {
      title: 'The context is full',
      said: { anthropic: { stop_reason: 'model_context_window_exceeded' } },
    },
    {
      title: 'A stop sequence',
      said: { anthropic: { stop_reason: 'stop_sequence', stop_sequence: 'END' } },
    },
    {
      title: 'A filter',
      said: {
        chat: { finish_reason: 'content_filter' },
        responses: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
        anthropic: { stop_reason: 'refusal' },
        gemini: { finishReason: 'SAFETY' },
      },
    },
    { title: 'Recitation', said: { gemini: { finishReason: 'RECITATION' } } },
    { title: 'A pause', said: { anthropic: { stop_reason: 'pause_turn' } } },
    { title: 'A broken call', said: { gemini: { finishReason: 'MALFORMED_FUNCTION_CALL' } } },
    {
      title: 'A word that nobody knows',
      said: {
        chat: { finish_reason: 'eos' },
        anthropic: { stop_reason: 'eos' },
        gemini: { finishReason: 'EOS' },
      },
    },
  ],
}

const reached = {
  chat: 'choices.0',
  gemini: 'candidates.0',
}

const call = { id: 'c1', type: 'function', function: { name: 'a', arguments: '{"n":1}' } }
const other = { id: 'c2', type: 'function', function: { name: 'a', arguments: '{"n":2}' } }
const item = (id: string, n: number): JsonObject => ({
  type: 'function_call',
  id: `fc_${n}`,
  call_id: id,
  name: 'a',
  arguments: `{"n":${n}}`,
  status: 'completed',
})
const block = (id: string, n: number): JsonObject => ({
  type: 'tool_use',
  id,
  name: 'a',
  input: { n },
})
const part = (id: string, n: number): JsonObject => ({
  functionCall: { id, name: 'a', args: { n } },
})

export const calls: Topic = {
  title: 'Calls of tools',
  place: reached,
  concepts: [
    {
      title: 'Parallel calls',
      said: {
        chat: {
          message: { role: 'assistant', content: null, tool_calls: [call, other] },
          finish_reason: 'tool_calls',
        },
        responses: { output: [item('c1', 1), item('c2', 2)] },
        anthropic: { content: [block('c1', 1), block('c2', 2)], stop_reason: 'tool_use' },
        gemini: { content: { role: 'model', parts: [part('c1', 1), part('c2', 2)] } },
      },
    },
    {
      title: 'A call without an id',
      said: {
        gemini: {
          content: { role: 'model', parts: [{ functionCall: { name: 'a', args: { n: 1 } } }] },
        },
      },
    },
    {
      title: 'A call of free text',
      said: {
        chat: {
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'patch', input: 'x' } }],
          },
          finish_reason: 'tool_calls',
        },
        responses: {
          output: [
            {
              type: 'custom_tool_call',
              id: 'ctc_1',
              call_id: 'c1',
              name: 'patch',
              input: 'x',
              status: 'completed',
            },
          ],
        },
      },
    },
  ],
}

export const usage: Topic = {
  title: 'Usage',
  intro:
    '100 tokens in, of which 60 came from a cache and 10 were written to it; 50 out, of which 20 were reasoning.',
  concepts: [
    {
      title: 'All of it',
      said: {
        chat: {
          usage: {
            prompt_tokens: 100,
            completion_tokens: 50,
            total_tokens: 150,
            prompt_tokens_details: { cached_tokens: 60 },
            completion_tokens_details: { reasoning_tokens: 20 },
          },
        },
        responses: {
          usage: {
            input_tokens: 100,
            input_tokens_details: { cached_tokens: 60 },
            output_tokens: 50,
            output_tokens_details: { reasoning_tokens: 20 },
            total_tokens: 150,
          },
        },
        anthropic: {
          usage: {
            input_tokens: 30,
            cache_creation_input_tokens: 10,
            cache_read_input_tokens: 60,
            output_tokens: 50,
          },
        },
        gemini: {
          usageMetadata: {
            promptTokenCount: 100,
            cachedContentTokenCount: 60,
            candidatesTokenCount: 30,
            thoughtsTokenCount: 20,
            totalTokenCount: 150,
          },
        },
      },
    },
    {
      title: 'The least',
      said: {
        chat: { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } },
        responses: { usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } },
        anthropic: { usage: { input_tokens: 10, output_tokens: 5 } },
        gemini: {
          usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
        },
      },
    },
  ],
}

const message = { chat: 'choices.0.message', gemini: 'candidates.0.content' }

const spoken = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant' }

export const reasoning: Topic = {
  title: 'Reasoning and its state',
  intro:
    'State of another protocol travels packed in a field that clients send back unharmed; where a protocol has none, the gateway keeps it.',
  place: message,
  concepts: [
    {
      title: 'Reasoning with state',
      said: {
        responses: {
          output: [
            {
              type: 'reasoning',
              id: 'rs_1',
              summary: [{ type: 'summary_text', text: 'Hm.' }],
              encrypted_content: 'ENC',
            },
            { ...spoken, content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
          ],
        },
        anthropic: {
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'SIG' },
            { type: 'text', text: 'Hello' },
          ],
        },
        gemini: {
          parts: [
            { text: 'Hm.', thought: true },
            { text: 'Hello', thoughtSignature: 'U0lH' },
          ],
        },
      },
    },
    {
      title: 'Reasoning without state',
      said: {
        chat: { reasoning_content: 'Hm.' },
        gemini: { parts: [{ text: 'Hm.', thought: true }, { text: 'Hello' }] },
      },
    },
    {
      title: 'Reasoning that nobody can read',
      said: {
        anthropic: {
          content: [
            { type: 'redacted_thinking', data: 'RED' },
            { type: 'text', text: 'Hello' },
          ],
        },
      },
    },
  ],
}

export const citations: Topic = {
  title: 'Citations',
  place: message,
  concepts: [
    {
      title: 'A page of the web',
      said: {
        chat: {
          content: 'Hello',
          annotations: [
            {
              type: 'url_citation',
              url_citation: { url: 'https://x.test', title: 'X', start_index: 0, end_index: 5 },
            },
          ],
        },
        responses: {
          output: [
            {
              ...spoken,
              content: [
                {
                  type: 'output_text',
                  text: 'Hello',
                  annotations: [
                    {
                      type: 'url_citation',
                      url: 'https://x.test',
                      title: 'X',
                      start_index: 0,
                      end_index: 5,
                    },
                  ],
                },
              ],
            },
          ],
        },
        anthropic: {
          content: [
            {
              type: 'text',
              text: 'Hello',
              citations: [
                {
                  type: 'web_search_result_location',
                  url: 'https://x.test',
                  title: 'X',
                  cited_text: 'Hello there',
                  encrypted_index: 'E',
                },
              ],
            },
          ],
        },
      },
    },
  ],
}

export const refusals: Topic = {
  title: 'Refusals and other content',
  place: message,
  concepts: [
    {
      title: 'A refusal',
      said: {
        chat: { content: null, refusal: 'No.' },
        responses: { output: [{ ...spoken, content: [{ type: 'refusal', refusal: 'No.' }] }] },
      },
    },
    {
      title: 'An empty answer',
      said: {
        chat: { content: '' },
        responses: { output: [] },
        anthropic: { content: [] },
        gemini: { parts: [] },
      },
    },
    {
      title: 'A picture',
      said: {
        responses: {
          output: [
            {
              type: 'image_generation_call',
              id: 'ig_1',
              status: 'completed',
              result: 'iVBORw0KGgo=',
            },
          ],
        },
        gemini: { parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }] },
      },
    },
    {
      title: 'What a provider’s own tool did',
      said: {
        responses: {
          output: [
            {
              type: 'web_search_call',
              id: 'ws_1',
              status: 'completed',
              action: { type: 'search', query: 'x' },
            },
            { ...spoken, content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
          ],
        },
        anthropic: {
          content: [
            {
              type: 'server_tool_use',
              id: 'srvtoolu_1',
              name: 'web_search',
              input: { query: 'x' },
            },
            { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
            { type: 'text', text: 'Hello' },
          ],
        },
        gemini: {
          parts: [{ executableCode: { language: 'PYTHON', code: '1' } }, { text: 'Hello' }],
        },
      },
    },
  ],
}
