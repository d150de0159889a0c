import { eventually } from './waiting.ts'

/** Kinds of resources that code under test may forget. A test runner has pipes and messages of its own, which come and go. */
const kinds = /^(TCP|TLS|HTTP|UDP|PIPE|Pipe|Process|Timeout|Immediate|FS|Worker|Child)/

/** Milliseconds: a busy test runner needs some for its own timers. */
const patience = 3_000

/** How many resources of each kind keep this process alive now. */
export function openResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of process.getActiveResourcesInfo()) {
    if (kinds.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** Resolves when there is nothing open that was not open `before`; rejects with what is. */
export async function nothingNewSince(before: ReadonlyMap<string, number>): Promise<void> {
  let more: readonly string[] = []
  const isGone = (): boolean => {
    more = [...openResources()]
      .filter(([name, count]) => count > (before.get(name) ?? 0))
      .map(([name, count]) => `${name} (${count - (before.get(name) ?? 0)})`)
    return more.length === 0
  }
  await eventually(isGone, 'resources are not released', patience).catch((error: Error) => {
    throw new Error(`${error.message}: ${more.join(', ')}`)
  })
}
