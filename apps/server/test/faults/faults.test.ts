import { faultCases } from '@jackfield/testkit'
import { beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { expectNoSecret, expectPromise, expectTrueLog } from './judge.ts'
import { describeObservation, type Observation, observe } from './observe.ts'
import { faultsPage } from './page.ts'
import { dialect, nameOf, type Row, rows } from './rows.ts'
import { runAll } from './run-all.ts'

/** Calls at a time. Most of them wait most of the time. */
const atOnce = 24

const observations = new Map<Row, Observation | { readonly failed: unknown }>()

beforeAll(async () => {
  const results = await runAll(rows, atOnce, (row) =>
    observe(row).catch((error: unknown) => ({ failed: error })),
  )
  for (const [index, row] of rows.entries()) {
    const result = results[index]
    if (result !== undefined) observations.set(row, result)
  }
}, 90_000)

function observationOf(row: Row): Observation {
  const seen = observations.get(row)
  if (seen === undefined) throw new Error('the call was not made')
  if ('failed' in seen) throw seen.failed
  return seen
}

describe('a fault of a provider', () => {
  it.each(rows.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    const seen = observationOf(row)
    onTestFailed(() => {
      process.stdout.write(`${nameOf(row)}: ${describeObservation(seen)}\n`)
    })

    expectPromise(seen)
    expectTrueLog(seen)
    expectNoSecret(seen)
  })
})

it('is tried in all its forms', () => {
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id))
  process.stdout.write(
    `faults: ${observations.size} calls, ${ids(rows.map(({ fault }) => fault)).size} faults\n`,
  )

  expect(observations.size).toBeGreaterThanOrEqual(700)
  expect(ids(rows.map(({ fault }) => fault))).toEqual(ids(faultCases({ dialect })))
})

it('is described by the page; run "npm run docs:faults" when this fails', async () => {
  const page = faultsPage(rows.map(observationOf))

  await expect(page).toMatchFileSnapshot('../../../../docs/reference/faults.md')
})
