import type { Topic } from './probe.ts'

const config = (members: Record<string, string | number | boolean | readonly string[]>) => ({
  generationConfig: members,
})

export const sampling: Topic = {
  title: 'Sampling',
  concepts: [
    {
      title: 'Temperature',
      said: {
        chat: { temperature: 0.5 },
        responses: { temperature: 0.5 },
        anthropic: { temperature: 0.5 },
        gemini: config({ temperature: 0.5 }),
      },
    },
    {
      title: 'A temperature above 1',
      said: {
        chat: { temperature: 1.5 },
        responses: { temperature: 1.5 },
        gemini: config({ temperature: 1.5 }),
      },
    },
    {
      title: 'Top p',
      said: {
        chat: { top_p: 0.9 },
        responses: { top_p: 0.9 },
        anthropic: { top_p: 0.9 },
        gemini: config({ topP: 0.9 }),
      },
    },
    {
      title: 'Both',
      said: {
        chat: { temperature: 0.5, top_p: 0.9 },
        responses: { temperature: 0.5, top_p: 0.9 },
        gemini: config({ temperature: 0.5, topP: 0.9 }),
      },
    },
    {
      title: 'Top k',
      said: { chat: { top_k: 5 }, anthropic: { top_k: 5 }, gemini: config({ topK: 5 }) },
    },
    { title: 'Seed', said: { chat: { seed: 1 }, gemini: config({ seed: 1 }) } },
    {
      title: 'Penalties',
      said: {
        chat: { presence_penalty: 0.1, frequency_penalty: 0.2 },
        gemini: config({ presencePenalty: 0.1, frequencyPenalty: 0.2 }),
      },
    },
    {
      title: 'Log probabilities',
      said: {
        chat: { logprobs: true, top_logprobs: 2 },
        responses: { top_logprobs: 2, include: ['message.output_text.logprobs'] },
        gemini: config({ responseLogprobs: true, logprobs: 2 }),
      },
    },
    { title: 'Several answers', said: { chat: { n: 2 }, gemini: config({ candidateCount: 2 }) } },
    { title: 'What one protocol has alone', said: { chat: { logit_bias: { '50256': -100 } } } },
  ],
}

export const stop: Topic = {
  title: 'Stop sequences',
  concepts: [
    {
      title: 'One',
      said: {
        chat: { stop: 'END' },
        anthropic: { stop_sequences: ['END'] },
        gemini: config({ stopSequences: ['END'] }),
      },
    },
    {
      title: 'More than others take',
      said: {
        anthropic: { stop_sequences: ['1', '2', '3', '4', '5', '6'] },
      },
    },
    {
      title: 'White space',
      said: { chat: { stop: ['\n\n'] }, gemini: config({ stopSequences: ['\n\n'] }) },
    },
  ],
}

export const limits: Topic = {
  title: 'Limits',
  concepts: [
    {
      title: 'Most tokens of an answer',
      said: {
        chat: { max_completion_tokens: 100 },
        responses: { max_output_tokens: 100 },
        anthropic: { max_tokens: 100 },
        gemini: config({ maxOutputTokens: 100 }),
      },
    },
    { title: 'The same in its elder form', said: { chat: { max_tokens: 100 } } },
    {
      title: 'Fewer than others take',
      said: { chat: { max_completion_tokens: 5 }, anthropic: { max_tokens: 5 } },
    },
    {
      title: 'How long an answer shall be',
      said: { chat: { verbosity: 'low' }, responses: { text: { verbosity: 'low' } } },
    },
    {
      title: 'Kinds of output',
      said: {
        chat: { modalities: ['text', 'audio'] },
        gemini: config({ responseModalities: ['TEXT', 'IMAGE'] }),
      },
    },
  ],
}

export const caller: Topic = {
  title: 'The caller’s ids and metadata',
  concepts: [
    {
      title: 'Its user',
      said: {
        chat: { user: 'u1' },
        responses: { user: 'u1' },
        anthropic: { metadata: { user_id: 'u1' } },
      },
    },
    {
      title: 'Its user, in the later word',
      said: { chat: { safety_identifier: 'u1' }, responses: { safety_identifier: 'u1' } },
    },
    {
      title: 'Metadata',
      said: { chat: { metadata: { a: 'b' } }, responses: { metadata: { a: 'b' } } },
    },
    {
      title: 'Storage',
      said: { chat: { store: true }, responses: { store: true } },
    },
    {
      title: 'A stored answer to go on from',
      said: { responses: { previous_response_id: 'resp_1' } },
    },
    {
      title: 'Class of service: the usual',
      said: {
        chat: { service_tier: 'default' },
        responses: { service_tier: 'default' },
        anthropic: { service_tier: 'standard_only' },
        gemini: { serviceTier: 'standard' },
      },
    },
    {
      title: 'Class of service: the cheap',
      said: {
        chat: { service_tier: 'flex' },
        responses: { service_tier: 'flex' },
        gemini: { serviceTier: 'flex' },
      },
    },
    {
      title: 'Members that nobody knows',
      said: {
        chat: { made_up: 1 },
        responses: { made_up: 1 },
        anthropic: { made_up: 1 },
        gemini: { madeUp: 1 },
      },
    },
    {
      title: 'Members that one protocol has alone',
      said: {
        chat: { prediction: { type: 'content', content: 'x' } },
        responses: { truncation: 'auto' },
        anthropic: { context_management: { edits: [] } },
        gemini: {
          safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
        },
      },
    },
  ],
}

const cached = { type: 'ephemeral', ttl: '1h' }

export const cacheMarks: Topic = {
  title: 'Prompt caches',
  concepts: [
    {
      title: 'A mark on a text',
      said: {
        chat: {
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: cached }] },
          ],
        },
        responses: {
          input: [
            {
              role: 'user',
              content: [
                {
                  type: 'input_text',
                  text: 'Hi',
                  prompt_cache_breakpoint: { mode: 'explicit', ttl: '1h' },
                },
              ],
            },
          ],
        },
        anthropic: {
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: cached }] },
          ],
        },
      },
    },
    {
      title: 'A mark on a tool',
      said: {
        chat: { tools: [{ type: 'function', function: { name: 'a' }, cache_control: cached }] },
        anthropic: {
          tools: [
            { name: 'a', input_schema: { type: 'object', properties: {} }, cache_control: cached },
          ],
        },
      },
    },
    {
      title: 'Which requests share a beginning',
      said: { chat: { prompt_cache_key: 'k' }, responses: { prompt_cache_key: 'k' } },
    },
    { title: 'A kept beginning', said: { gemini: { cachedContent: 'cachedContents/1' } } },
  ],
}
