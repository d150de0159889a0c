import { createAnthropicMessages } from '../src/index.ts'

const acme = createAnthropicMessages({
  maxTokens: 4096,
  models: () => ({
    thinking: 'budget',
    sampling: true,
    structuredOutput: false,
    midSystem: false,
  }),
  budgets: { high: 2000 },
  errorCodes: { '1113': 'upstream_quota_exhausted' },
})

export const { body, dropped } = acme.chat.encodeRequest({
  model: 'acme-1',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  stream: true,
  includeUsage: true,
  reasoning: { effort: 'high' },
  seed: 7,
})

export const error = acme.decodeError({
  status: 429,
  headers: {},
  body: Buffer.from('{"type":"error","error":{"type":"1113","message":"No balance."}}'),
})
