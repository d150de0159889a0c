import { describeBackend } from '@jackfield/testkit'
import openaiCompatible from '../src/index.ts'

describeBackend(openaiCompatible, {
  options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
  entry: new URL('../src/index.ts', import.meta.url),
})
