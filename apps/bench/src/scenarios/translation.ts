import { mergeResults, type ScenarioResult } from '../report/series.ts'
import type { BenchContext, StandingTarget } from './context.ts'
import { runStream } from './stream.ts'
import { runTranslatedUnary } from './unary.ts'

/** Long streams behind small requests: what a request costs is measured by itself. V8 needs tens of thousands of frames. */
const load = { streams: 50, requestBytes: 400, warmRounds: 6, most: 1.3 }

/** CPU of a target that translates, per streamed frame and per request. The yardstick beside it passes the same texts on. */
export async function runTranslation(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const stream = await runStream(context, targets, {
    ...load,
    contents: context.profile.translatedContents,
  })
  const unary = await runTranslatedUnary(context, targets)
  const labels = targets.map(({ label }) => label)
  return { ...mergeResults([stream, unary]), title: 'CPU of translation', labels }
}
