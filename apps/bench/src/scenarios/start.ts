import { setTimeout as delay } from 'node:timers/promises'
import { readResidentBytes } from '../process/usage.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { type BenchContext, type Contender, inTurn } from './context.ts'
import { firstAnswer, spawnTarget } from './run-target.ts'

const idleMs = 500

/** From the start of the process to its first right answer, and its resident memory when it then rests. */
export async function runStart(context: BenchContext): Promise<ScenarioResult> {
  const time = recordSeries('start to first answer', 'ms', { kind: 'value', most: 800 })
  const idle = recordSeries('idle RSS', 'MB', { kind: 'ratio', most: 1.5 })
  for (let round = 0; round < context.profile.starts; round += 1) {
    for (const contender of inTurn(context.contenders, round)) {
      const { milliseconds, bytes } = await measureOnce(context, contender)
      time.add(contender.label, milliseconds)
      idle.add(contender.label, bytes / 1e6)
    }
  }
  const title = `Start (median of ${context.profile.starts})`
  return { title, series: [time, idle], notes: [], failures: [] }
}

async function measureOnce(
  context: BenchContext,
  contender: Contender,
): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const start = performance.now()
  const target = await spawnTarget(context, contender)
  try {
    await firstAnswer(target)
    const milliseconds = performance.now() - start
    await delay(idleMs)
    return { milliseconds, bytes: readResidentBytes(target.child.pid) }
  } finally {
    await context.children.end(target.child)
  }
}
