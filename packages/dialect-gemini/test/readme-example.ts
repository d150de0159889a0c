import { createGemini } from '../src/index.ts'

const acme = createGemini({
  models: () => ({
    thinking: 'budget',
    budgetRange: { min: 1, max: 8000, off: true },
    jsonSchema: false,
    requiresSignatures: false,
    mixesTools: false,
  }),
})

export const { body, dropped } = acme.chat.encodeRequest({
  model: 'acme-1',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  stream: true,
  includeUsage: true,
  maxOutputTokens: 100,
  verbosity: 'low',
  reasoning: { effort: 'high' },
  output: { type: 'json-schema', schema: { type: 'object', properties: { a: { const: 'x' } } } },
})

export const answer = acme.chat.decodeResponse(
  Buffer.from(
    '{"candidates":[{"content":{"parts":[{"text":"Greet.","thought":true},{"text":"Hi!"}]},"finishReason":"STOP"}]}',
  ),
)
