import { describeBackend } from '@jackfield/testkit'
import gemini from '../src/index.ts'

describeBackend(gemini, {
  dialect: 'gemini',
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  capabilities: { models: 'upstream-or-known' },
  entry: new URL('../src/index.ts', import.meta.url),
})
