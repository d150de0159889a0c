import { measureMicro } from './micro/start-micro.ts'
import type { BenchOptions, ScenarioName } from './options.ts'
import type { Children } from './process/children.ts'
import { findCores, pinSelf } from './process/cores.ts'
import { describeEnvironment, type Environment, watchStolenTime } from './process/environment.ts'
import { complete, type Profile, quick } from './profile.ts'
import { renderMicro, renderScenario } from './report/render.ts'
import type { BenchResult } from './report/result-document.ts'
import { mergeResults, type ScenarioResult } from './report/series.ts'
import type { BenchContext, Contender, StandingTarget } from './scenarios/context.ts'
import { runGap } from './scenarios/gap.ts'
import { checkIntegrity } from './scenarios/integrity.ts'
import { runLatency } from './scenarios/latency.ts'
import { runMemory } from './scenarios/memory.ts'
import { firstAnswer, spawnTarget, warmUp } from './scenarios/run-target.ts'
import { runStart } from './scenarios/start.ts'
import { runStream } from './scenarios/stream.ts'
import { runTranslation } from './scenarios/translation.ts'
import { runUnary } from './scenarios/unary.ts'
import { bare } from './targets/bare.ts'
import { gatewayKind } from './targets/gateway.ts'
import { startUpstream } from './upstream/start-upstream.ts'

type Print = (text: string) => void
type StandingScenario = (
  context: BenchContext,
  targets: readonly StandingTarget[],
) => Promise<ScenarioResult>

const standingScenarios: ReadonlyMap<ScenarioName, StandingScenario> = new Map([
  ['unary', runUnary],
  ['stream', runStream],
  ['latency', runLatency],
  ['gap', runGap],
])

/** Runs what the options ask for and prints each part when it is done. Processes are started through `children`; the caller ends them. */
export async function runBench(
  options: BenchOptions,
  children: Children,
  print: Print,
): Promise<BenchResult> {
  const startedAt = new Date()
  const stolenShare = watchStolenTime()
  const profile = chooseProfile(options)
  const cores = findCores()
  const environment = describeEnvironment(cores)
  const pinned = 'unpinned' in cores || !pinSelf(cores.load) ? undefined : cores
  const contenders = chooseContenders(options)
  print(describeRun(environment, options))

  const scenarios: ScenarioResult[] = []
  const labels = contenders.map(({ label }) => label)
  const report = (result: ScenarioResult) => {
    scenarios.push(result)
    print(`\n${renderScenario(result, labels)}`)
  }
  if ([...options.only].some((name) => name !== 'micro')) {
    const upstream = await startUpstream(children, pinned?.load)
    const context = { profile, children, upstream, contenders, ...(pinned && { cores: pinned }) }
    await runScenarios(context, options, { openFileLimit: environment.openFiles, report })
  }
  const micro = options.only.has('micro')
    ? await measureMicro(children, {
        rounds: profile.microRounds,
        ...(pinned && { core: pinned.target }),
      })
    : []
  for (const group of micro) print(`\n${renderMicro(group)}`)

  const share = stolenShare()
  print(`\nThe host took ${(share * 100).toFixed(1)} % of the cores' time during the run.`)
  const { quick } = options
  return { startedAt, quick, environment, stolenShare: share, labels, scenarios, micro }
}

async function runScenarios(
  context: BenchContext,
  options: BenchOptions,
  {
    openFileLimit,
    report,
  }: { readonly openFileLimit: number; readonly report: (result: ScenarioResult) => void },
): Promise<void> {
  const { only } = options
  const standing = [...standingScenarios].flatMap(([name, run]) => (only.has(name) ? [run] : []))
  if (standing.length > 0) {
    for (const result of await runStandingScenarios(context, standing)) report(result)
  }
  if (only.has('translation')) {
    const translating = { ...context, contenders: chooseTranslators(options) }
    for (const result of await runStandingScenarios(translating, [runTranslation])) report(result)
  }
  if (only.has('memory')) report(await runMemory(context, openFileLimit))
  if (only.has('start')) report(await runStart(context))
}

/** Runs the scenarios that share processes, all of them with each set of processes. */
async function runStandingScenarios(
  context: BenchContext,
  scenarios: readonly StandingScenario[],
): Promise<readonly ScenarioResult[]> {
  const results = scenarios.map((): ScenarioResult[] => [])
  for (let process = 0; process < context.profile.processes; process += 1) {
    const targets = await startStanding(context)
    for (const [index, run] of scenarios.entries()) {
      results[index]?.push(await run(context, targets))
    }
    for (const { child } of targets) await context.children.end(child)
  }
  return results.map(mergeResults)
}

/** Starts one process of each contender, checks that it changes and holds back nothing, and warms it. */
async function startStanding(context: BenchContext): Promise<readonly StandingTarget[]> {
  const targets: StandingTarget[] = []
  for (const contender of context.contenders) {
    const target = { ...(await spawnTarget(context, contender)), label: contender.label }
    await firstAnswer(target)
    await checkIntegrity(context, target)
    await warmUp(target, context.profile.warmUpRequests)
    targets.push(target)
  }
  return targets
}

function chooseProfile({ quick: short, rounds }: BenchOptions): Profile {
  const profile = short ? quick : complete
  if (rounds === undefined) return profile
  return {
    ...profile,
    rounds,
    latencyRounds: rounds,
    microRounds: rounds,
    gap: { ...profile.gap, rounds },
  }
}

/** The yardstick, then what was asked for; the same kind twice gets two names. */
function chooseContenders({ targets, gatewayEntry }: BenchOptions): readonly Contender[] {
  const kinds = { bare, gateway: gatewayKind(gatewayEntry) }
  const seen = new Map<string, number>()
  return [bare, ...targets.map((name) => kinds[name])].map((kind) => {
    const count = (seen.get(kind.name) ?? 0) + 1
    seen.set(kind.name, count)
    return { kind, label: count === 1 ? kind.name : `${kind.name} ${count}` }
  })
}

/** The yardstick, which passes on what the others translate, and a gateway for each way. */
function chooseTranslators({ ways, gatewayEntry }: BenchOptions): readonly Contender[] {
  return [bare, ...ways.map((way) => gatewayKind(gatewayEntry, way))].map((kind) => ({
    kind,
    label: kind.name,
  }))
}

function describeRun(environment: Environment, options: BenchOptions): string {
  const { node, processor, cores, pinned, cpuSource, loadAtStart } = environment
  return [
    `Node ${node}, ${cores} cores of ${processor}; ${pinned}; CPU time from ${cpuSource}`,
    `${options.quick ? 'Quick' : 'Complete'} run. Read the ratios (×, pair by pair with bare), not the figures: README.md says how.`,
    ...(loadAtStart > 0.5
      ? [`The machine is busy (load ${loadAtStart.toFixed(1)}): expect wider quartiles.`]
      : []),
  ].join('\n')
}
