import type { MicroGroupResult } from '../micro/run-micro.ts'
import type { Environment } from '../process/environment.ts'
import type { ScenarioResult } from './series.ts'
import { summarize } from './summary.ts'

/** A whole run, with every sample. */
export interface BenchResult {
  readonly startedAt: Date
  readonly quick: boolean
  readonly environment: Environment
  /** Share of the cores' time that the host took away during the run, 0 to 1. */
  readonly stolenShare: number
  readonly labels: readonly string[]
  readonly scenarios: readonly ScenarioResult[]
  readonly micro: readonly MicroGroupResult[]
}

/** The run as a JSON document: keys in `snake_case`, samples by target and round, and what the tables print. */
export function resultDocument(result: BenchResult): string {
  const { environment, labels } = result
  return `${JSON.stringify(
    {
      started_at: result.startedAt.toISOString(),
      quick: result.quick,
      environment: {
        node: environment.node,
        processor: environment.processor,
        cores: environment.cores,
        pinned: environment.pinned,
        cpu_source: environment.cpuSource,
        load_at_start: environment.loadAtStart,
        stolen_share: result.stolenShare,
      },
      targets: labels,
      scenarios: result.scenarios.map((scenario) => describeScenario(scenario, labels)),
      micro: result.micro,
    },
    undefined,
    2,
  )}\n`
}

function describeScenario(scenario: ScenarioResult, runLabels: readonly string[]): object {
  const labels = scenario.labels ?? runLabels
  return {
    title: scenario.title,
    targets: labels,
    series: scenario.series.map((series) => ({
      name: series.name,
      unit: series.unit,
      goal: series.goal ?? null,
      samples: Object.fromEntries(series.samples),
      summary: summarize(series, labels).map(({ label, value, ratio, metGoal }) => ({
        target: label,
        median: value,
        ...(ratio === undefined ? {} : { ratio }),
        ...(metGoal === undefined ? {} : { met_goal: metGoal }),
      })),
    })),
    notes: scenario.notes,
    failures: scenario.failures,
  }
}
