import { fileURLToPath } from 'node:url'
import { withDeadline } from '../deadline.ts'
import type { Children } from '../process/children.ts'
import type { MicroGroupResult } from './run-micro.ts'

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))
const limitMs = 300_000

/**
 * Measures all registered groups in a process of its own: a case that never ends can be ended with it, and nothing that the driver did
 * before has shaped the code that is measured.
 */
export async function measureMicro(
  children: Children,
  options: { readonly rounds: number; readonly core?: number },
): Promise<readonly MicroGroupResult[]> {
  const child = children.start({
    name: 'micro',
    entry,
    args: [String(options.rounds)],
    nodeFlags: ['--conditions=@jackfield/source'],
    channel: true,
    ...(options.core === undefined ? {} : { core: options.core }),
  })
  const { promise, resolve } = Promise.withResolvers<readonly MicroGroupResult[]>()
  child.process.once('message', (groups: readonly MicroGroupResult[]) => resolve(groups))
  try {
    return await withDeadline(promise, limitMs, 'the micro-benchmark')
  } finally {
    await children.end(child)
  }
}
