import { createHash } from 'node:crypto'
import type { BackendPlugin } from '@jackfield/core'
import { type RunChecksOptions, runChecks } from '../../../src/index.ts'
import type { Mutant } from './mutate.ts'

/** Faults that stand for the list: every phase, and those that a mutant is about. */
const someFaults =
  /^faults\.(bad-request|key-rejected|overloaded|overloaded\/retry-after|rate-limited\/http-date|transient-error|reset-before-headers|hang-before-headers|error-in-200|body-cut|events-for-unary|cut-before-first-part|stall-before-first-part|cut-mid-stream|missing-terminator)\//

/** Checks that take long. */
const slow =
  /^(back-pressure|concurrency)\.|^boundaries\.(byte|two|every)|^abort\.while|^sockets\.aborted-while/

/** Of the checks that are not about a defect every third is made, others for every defect. */
const sampling = 3

/** Checks that can only be made without a stream. */
const withoutStream = /^faults\.events-for-unary|^abort\.mid-body/

const everything = process.env['JACKFIELD_TEST_LONG'] === '1'

/**
 * Base ids of the checks that fail for a mutant, each once, sorted. Of the checks that are not about the defect a sample is
 * made, on one lane and without the slow ones, unless all is wanted.
 */
export function catchersOf(
  { defect, plugin, caughtBy }: Mutant,
  lane: 'forward-stream' | 'translate-stream',
): Promise<readonly string[]> {
  const isUsual = (id: string): boolean => {
    if (baseOf(id) !== id && !id.endsWith(lane)) return false
    if (hashOf(defect + id) % sampling !== 0) return false
    return id.startsWith('faults.') ? someFaults.test(id) : !slow.test(id)
  }
  const isMeant = (id: string): boolean =>
    caughtBy.includes(baseOf(id)) && (!id.endsWith('-unary') || withoutStream.test(id))
  return failuresOf(plugin, {
    options: ({ url, keys }) => ({ base_url: url, api_keys: keys }),
    select: ({ id }) => everything || isMeant(id) || isUsual(id),
  })
}

/** Base ids of the checks that fail, each once, sorted. */
export async function failuresOf<Options>(
  plugin: BackendPlugin<Options>,
  options: RunChecksOptions<Options>,
): Promise<readonly string[]> {
  const results = await runChecks(plugin, options)
  const failed = results.filter(({ error }) => error !== undefined)
  return [...new Set(failed.map(({ id }) => baseOf(id)))].sort()
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE()
}

/** The id without its lane. */
function baseOf(id: string): string {
  return id.replace(/\/(forward|translate|virtual)-(stream|unary)$/, '')
}
