import { describeBackend } from '@jackfield/testkit'
import openai from '../src/index.ts'

describeBackend(openai, {
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  capabilities: { models: 'upstream-or-known' },
  entry: new URL('../src/index.ts', import.meta.url),
})
