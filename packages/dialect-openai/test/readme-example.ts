import { createOpenAIChat } from '../src/index.ts'

const acme = createOpenAIChat({
  maxTokens: 'max_tokens',
  reasoning: { ask: 'enable_thinking', thinkTags: true },
  parameters: { drop: ['logit_bias'] },
})

export const { body, dropped } = acme.chat.encodeRequest({
  model: 'acme-1',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  stream: true,
  includeUsage: false,
  maxOutputTokens: 100,
  topK: 5,
  reasoning: { effort: 'high' },
})

export const answer = acme.chat.decodeResponse(
  Buffer.from(
    '{"choices":[{"message":{"content":"<think>Greet.</think>Hi!"},"finish_reason":"stop"}]}',
  ),
)
