import { watchTimers } from './timers.ts'
import { eventually } from './waiting.ts'

/** Kinds of resources that code under test may forget. Timers are watched apart: a test runner has some of its own. */
const kinds = /^(TCP|TLS|HTTP|UDP|PIPE|Pipe|Process|FS|Worker|Child)/

/** Milliseconds in which the operating system gives things back on a busy machine. */
const patience = 3_000

/** Does something, and rejects when something then keeps the process alive that did not before. */
export async function leavesNothing(
  work: () => Promise<void>,
  withinMs: number = patience,
): Promise<void> {
  const before = openResources()
  const timers = watchTimers()
  let left: readonly string[] = []
  const isAllGone = (): boolean => {
    const resources = [...openResources()]
      .filter(([name, count]) => count > (before.get(name) ?? 0))
      .map(([name, count]) => `${name} (${count - (before.get(name) ?? 0)})`)
    left = timers.alive === 0 ? resources : [...resources, `Timeout (${timers.alive})`]
    return left.length === 0
  }
  try {
    await work()
    await eventually(isAllGone, 'what was opened is not closed', withinMs)
  } catch (error) {
    if (left.length === 0) throw error
    throw new Error(`left behind: ${left.join(', ')}`)
  } finally {
    timers.stop()
  }
}

/** How many resources of each kind keep this process alive now. */
function openResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of process.getActiveResourcesInfo()) {
    if (kinds.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
