import { writeFileSync } from 'node:fs'
import { BenchFailure } from './failure.ts'
import { type BenchOptions, parseOptions, UsageError, usage } from './options.ts'
import { Children } from './process/children.ts'
import { resultDocument } from './report/result-document.ts'
import { runBench } from './run-bench.ts'

const print = (text: string) => console.log(text)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options !== 'help') return await run(options)
    print(usage)
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`)
      return 2
    }
    if (!(error instanceof BenchFailure)) throw error
    console.error(`\nThe benchmark failed: ${describe(error)}`)
    return 1
  }
}

async function run(options: BenchOptions): Promise<number> {
  const children = new Children()
  let stopped = false
  const stop = (signal: NodeJS.Signals) => {
    stopped = true
    console.error(`\n${signal}: ending the processes`)
    children.endAll().finally(() => process.exit(130))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    const result = await Promise.race([runBench(options, children, print), children.failed])
    if (options.json !== undefined) writeFileSync(options.json, resultDocument(result))
    return result.scenarios.some(({ failures }) => failures.length > 0) ? 1 : 0
  } catch (error) {
    // What fails because its process was ended is no news.
    if (stopped) return 130
    throw error
  } finally {
    await children.endAll()
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

/** The failure and what caused it, outermost first. */
function describe(error: BenchFailure): string {
  const causes: string[] = []
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    causes.push(cause.message)
  }
  return causes.join('\n  because: ')
}
