import { describeOrigin, type Origin } from './origin.ts'

/** One thing that is wrong with the configuration, or worth a warning. */
export interface Problem {
  readonly code: 'config_invalid' | 'plugin_incompatible'
  readonly origin?: Origin
  /** The setting, dotted: `backends.internlm.base_url`. Empty where no setting is at fault. */
  readonly path: string
  /** What is wrong, without any configured value. */
  readonly message: string
  /** What to do about it. */
  readonly fix: string
}

/** Collects problems so that all of them are told at once. */
export type Report = (problem: Omit<Problem, 'code'> & Partial<Pick<Problem, 'code'>>) => void

/** The configuration cannot be used. Holds every problem that was found; the process exits with 78. */
export class ConfigError extends Error {
  readonly code: Problem['code']
  /** `EX_CONFIG` of `sysexits.h`. */
  readonly exitCode = 78
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems))
    this.name = 'ConfigError'
    this.problems = problems
    const onlyPlugins = problems.every((problem) => problem.code === 'plugin_incompatible')
    this.code = onlyPlugins ? 'plugin_incompatible' : 'config_invalid'
  }
}

/** Problems in the order of their places in the file, those from elsewhere first. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => {
    const [first, second] = [placeOf(a), placeOf(b)]
    return first.line - second.line || first.column - second.column
  })
}

function placeOf(problem: Problem): { line: number; column: number } {
  return problem.origin?.kind === 'file' ? problem.origin : { line: 0, column: 0 }
}

/** `file:line:column  path  message  → what to do`, without the parts that do not apply. */
export function formatProblem(problem: Problem): string {
  const place = problem.origin === undefined ? '' : describeOrigin(problem.origin)
  return [place, problem.path, problem.message, `→ ${problem.fix}`]
    .filter((part) => part !== '')
    .join('  ')
}

const shownProblems = 100

function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  const lines = problems.slice(0, shownProblems).map((problem) => `  ${formatProblem(problem)}`)
  if (problems.length > shownProblems) lines.push(`  and ${problems.length - shownProblems} more`)
  return [`The configuration has ${count}:`, ...lines].join('\n')
}
