import { parseArgs } from 'node:util'
import { translated, type Way } from './workload/protocols/way.ts'

/** The parts of a run, in the order in which they run. */
export const scenarioNames = [
  'unary',
  'stream',
  'latency',
  'gap',
  'translation',
  'memory',
  'start',
  'micro',
] as const
export type ScenarioName = (typeof scenarioNames)[number]

const targetNames = ['bare', 'gateway'] as const
type TargetName = (typeof targetNames)[number]

const wayNames = translated.map(({ name }) => name)

export interface BenchOptions {
  readonly quick: boolean
  readonly only: ReadonlySet<ScenarioName>
  /** Measured against the yardstick, in this order. */
  readonly targets: readonly TargetName[]
  /** Ways on which the gateway translates, measured by the scenario `translation`. */
  readonly ways: readonly Way[]
  readonly rounds?: number
  readonly json?: string
  readonly gatewayEntry?: string
}

/** Command line that cannot be understood; its message says what would be. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `npm run bench -- [options]

  --quick               about two minutes instead of several
  --only a,b            only these: ${scenarioNames.join(', ')}
  --target a,b          what to measure against the bare proxy: ${targetNames.join(', ')} (default: gateway; bare: the noise)
  --way a,b             ways of the scenario translation, client-upstream: ${wayNames.join(', ')} (default: all)
  --rounds N            rounds of unary, stream, latency, gap and translation per process, and of micro
  --json FILE           also write every sample to FILE
  --gateway-entry FILE  start the gateway from this main file (an installed package) instead of the sources
  --help                this text
`

/** Reads the command line; 'help' when only this text is wanted. Throws `UsageError`. */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const values = parseFlags(args)
  if (values.help === true) return 'help'
  const ways = parseNames('--way', values.way, wayNames) ?? wayNames
  const rounds = values.rounds === undefined ? undefined : parseRounds(values.rounds)
  return {
    quick: values.quick === true,
    only: new Set(parseNames('--only', values.only, scenarioNames) ?? scenarioNames),
    targets: parseNames('--target', values.target, targetNames) ?? ['gateway'],
    ways: translated.filter(({ name }) => ways.includes(name)),
    ...(rounds === undefined ? {} : { rounds }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values['gateway-entry'] === undefined ? {} : { gatewayEntry: values['gateway-entry'] }),
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        target: { type: 'string' },
        way: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'string' },
        'gateway-entry': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'unreadable options', { cause })
  }
}

function parseRounds(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000) {
    throw new UsageError(`--rounds takes a whole number from 1 to 1000, not "${text}"`)
  }
  return rounds
}

function parseNames<Name extends string>(
  flag: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] | undefined {
  return text?.split(',').map((part) => {
    const name = known.find((candidate) => candidate === part.trim())
    if (name === undefined) {
      throw new UsageError(`${flag} does not know "${part}"; there are ${known.join(', ')}`)
    }
    return name
  })
}
