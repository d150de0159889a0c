import echo from '@jackfield/backend-echo'
import { describeBackend } from '@jackfield/testkit'
import hybrid from '../src/index.ts'

describeBackend(hybrid, {
  options: {},
  model: 'contract:[echo:thinker,echo:writer]',
  beside: [{ name: 'echo', plugin: echo, options: {} }],
  capabilities: { streaming: 'virtual' },
  entry: new URL('../src/index.ts', import.meta.url),
})
