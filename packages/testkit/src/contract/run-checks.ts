import type { BackendPlugin } from '@jackfield/core'
import type { Check, Hands } from './check.ts'
import { type DescribeBackendOptions, type Subject, subjectOf } from './options.ts'
import { planOf } from './plan.ts'
import { keysOf, startRig } from './rig/start-rig.ts'
import { within } from './waiting.ts'

/** What became of one check. */
export interface CheckResult {
  /** `theme.what`, with `/lane` where it was checked on several lanes. Stable. */
  readonly id: string
  /** What the backend promises, as a sentence without its subject. */
  readonly title: string
  /** Why it failed; absent when the promise was kept. */
  readonly error?: Error
}

/** Which checks {@link runChecks} runs. */
export interface RunChecksOptions<Options = unknown> extends DescribeBackendOptions<Options> {
  /** Leaves out those for which it is false. Default: all run. */
  readonly select?: (check: { readonly id: string; readonly title: string }) => boolean
}

/** An address at which nobody listens. */
const nowhere = 'http://127.0.0.1:9/v1'

/** Milliseconds that one check may take. */
const patience = 10_000

/**
 * Holds a backend to the contract, outside of any test runner: runs the checks that make sense for its capabilities, one after the
 * other, and says what became of each. Never rejects for a fault of the backend.
 */
export async function runChecks<Options>(
  plugin: BackendPlugin<Options>,
  options: RunChecksOptions<Options>,
): Promise<readonly CheckResult[]> {
  const subject = subjectOf(plugin, options)
  const results: CheckResult[] = []
  for (const check of planOf(subject).filter(options.select ?? (() => true))) {
    results.push(await resultOf(check, subject))
  }
  return results
}

async function resultOf(check: Check, subject: Subject): Promise<CheckResult> {
  const { id, title } = check
  try {
    await runCheck(check, subject)
    return { id, title }
  } catch (error) {
    return { id, title, error: error instanceof Error ? error : new Error(String(error)) }
  }
}

/** Runs one check and takes down what it set up. Rejects when the promise is broken. */
export async function runCheck(check: Check, subject: Subject): Promise<void> {
  const given: (() => Promise<void>)[] = []
  try {
    const hands = handsFor(subject, (end) => given.push(end))
    await within(patience, check.run(hands), `the check ${check.id} came to no end`)
  } finally {
    const ended = Promise.all(given.map((end) => end()))
    await within(patience, ended, `what ${check.id} was given could not be ended`)
  }
}

function handsFor(subject: Subject, atEnd: (end: () => Promise<void>) => void): Hands {
  return {
    subject,
    async rig(setup) {
      const rig = await startRig(subject, setup)
      atEnd(() => rig[Symbol.asyncDispose]())
      return rig
    },
    async backend(context, { url = nowhere, keys = keysOf(['ok']) } = {}) {
      const backend = await subject.plugin.create(subject.optionsFor({ url, keys }), context)
      atEnd(async () => {
        // What is wrong with disposing is the affair of checks of its own.
        await Promise.resolve(backend.dispose?.()).catch(() => {})
      })
      return backend
    },
  }
}
