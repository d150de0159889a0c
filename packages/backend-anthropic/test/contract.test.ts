import { describeBackend } from '@jackfield/testkit'
import anthropic from '../src/index.ts'

describeBackend(anthropic, {
  dialect: 'anthropic-messages',
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  capabilities: { models: 'upstream-or-known', embeddings: false },
  entry: new URL('../src/index.ts', import.meta.url),
})
