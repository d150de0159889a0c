import { describeBackend } from '../../src/index.ts'
import tinyVirtual from './tiny/virtual.ts'

describeBackend(tinyVirtual, { options: {}, capabilities: { streaming: 'virtual' } })
