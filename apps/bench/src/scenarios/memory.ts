import { setTimeout as delay } from 'node:timers/promises'
import { withDeadline } from '../deadline.ts'
import { closeAll, openConnections } from '../load/connection.ts'
import { runStreams, type StreamsResult } from '../load/streams.ts'
import { readResidentBytes } from '../process/usage.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { median } from '../report/statistics.ts'
import type { Target } from '../targets/target.ts'
import type { BenchContext, Contender } from './context.ts'
import { streamRequest } from './requests.ts'
import { firstAnswer, spawnTarget, warmUp } from './run-target.ts'

interface MemoryCase {
  readonly streams: number
  readonly contents: number
}

const intervalMs = 1_000
const requestBytes = 400
const sampleMs = 250

/** Resident memory of a fresh target with many slow streams open at once, and whether each of them arrived whole. */
export async function runMemory(
  context: BenchContext,
  openFileLimit: number,
): Promise<ScenarioResult> {
  const results: ScenarioResult[] = []
  for (const memory of context.profile.memory) {
    // A target holds two sockets per stream.
    const needed = 2 * memory.streams + 500
    results.push(
      needed <= openFileLimit
        ? await measureCase(context, memory)
        : skipped(memory, `needs ${needed} open files, this process may have ${openFileLimit}`),
    )
  }
  return {
    title: 'Memory',
    series: results.flatMap(({ series }) => series),
    notes: results.flatMap(({ notes }) => notes),
    failures: results.flatMap(({ failures }) => failures),
  }
}

function skipped({ streams }: MemoryCase, reason: string): ScenarioResult {
  return { title: '', series: [], notes: [`${streams} streams not run: ${reason}`], failures: [] }
}

async function measureCase(context: BenchContext, memory: MemoryCase): Promise<ScenarioResult> {
  const name = `${memory.streams.toLocaleString('en')} slow streams`
  const each = recordSeries(`${name}: RSS each`, 'KB', { kind: 'value', most: 25 })
  const whole = recordSeries(`${name}: complete`, '%', { kind: 'value', least: 100 })
  const before = recordSeries(`${name}: RSS before`, 'MB')
  const open = recordSeries(`${name}: RSS with all open`, 'MB')
  const failures: string[] = []
  for (const contender of context.contenders) {
    const { bytesBefore, bytesOpen, result } = await measureOnce(context, contender, memory)
    before.add(contender.label, bytesBefore / 1e6)
    open.add(contender.label, bytesOpen / 1e6)
    each.add(contender.label, (bytesOpen - bytesBefore) / memory.streams / 1e3)
    whole.add(contender.label, (result.complete / memory.streams) * 100)
    const [first] = result.failures
    if (first !== undefined) {
      failures.push(
        `${contender.label}: ${result.failures.length} of ${name} are incomplete: ${first.message}`,
      )
    }
  }
  return { title: '', series: [each, whole, before, open], notes: [], failures }
}

async function measureOnce(context: BenchContext, contender: Contender, memory: MemoryCase) {
  const target = await spawnTarget(context, contender)
  try {
    await firstAnswer(target)
    // Fully warm, or the heap that any load makes a process grow would be counted as the streams'.
    await warmUp(target, context.profile.warmUpRequests)
    await delay(intervalMs)
    const bytesBefore = readResidentBytes(target.child.pid)
    return { bytesBefore, ...(await openStreams(target, memory)) }
  } finally {
    await context.children.end(target.child)
  }
}

async function openStreams(
  target: Target,
  { streams, contents }: MemoryCase,
): Promise<{ readonly bytesOpen: number; readonly result: StreamsResult }> {
  const checked = streamRequest(target.way, requestBytes, { contents, intervalMs })
  const connections = await openConnections(target.port, streams)
  const samples: number[] = []
  let sampler: NodeJS.Timeout | undefined
  const sample = () => samples.push(readResidentBytes(target.child.pid))
  try {
    const run = runStreams(connections, checked, {
      opensPerMs: 1,
      onOpened: () => {
        sample()
        sampler = setInterval(sample, sampleMs)
      },
      onStreamEnd: () => clearInterval(sampler),
    })
    const limitMs = (contents + 4) * intervalMs + 60_000
    const result = await withDeadline(run, limitMs, `${streams} streams`)
    return { bytesOpen: median(samples), result }
  } finally {
    clearInterval(sampler)
    closeAll(connections)
  }
}
