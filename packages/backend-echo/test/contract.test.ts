import { describeBackend } from '@jackfield/testkit'
import echo from '../src/index.ts'

describeBackend(echo, {
  options: {},
  capabilities: { streaming: 'virtual' },
  entry: new URL('../src/index.ts', import.meta.url),
})
