import { describeBackend, startInternLMFake } from '@jackfield/testkit'
import internlm from '../src/index.ts'

describeBackend(internlm, {
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  fake: startInternLMFake,
  model: 'intern-s1',
  capabilities: {
    streaming: 'never',
    forwards: false,
    embeddings: false,
    opaque: false,
    models: 'upstream-or-known',
  },
  entry: new URL('../src/index.ts', import.meta.url),
})
