import { faultCases, faultSecret } from '@jackfield/testkit'
import { beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { dialects } from '../compatibility/client.ts'
import type { LogLine } from '../end-to-end/harness.ts'
import { describeObservation, type Observation, secretPrefix } from './observe.ts'
import { observeAll } from './observe-all.ts'
import { faultsPage } from './page/page.ts'
import { expectPromise } from './promise.ts'
import { nameOf, nameOfLane, type Row, rows, sampledRows } from './rows.ts'
import { expectNoSecret, expectTrueLog } from './true-log.ts'

const observations = new Map<Row, Observation>()
const strays: LogLine[] = []

beforeAll(async () => {
  for (const batch of await observeAll(rows)) {
    for (const seen of batch.observations) observations.set(seen.row, seen)
    strays.push(...batch.strays)
  }
}, 600_000)

function observationOf(row: Row): Observation {
  const seen = observations.get(row)
  if (seen === undefined) throw new Error('the call was not made')
  return seen
}

const lanes = Map.groupBy(rows, ({ lane }) => nameOfLane(lane))

describe.each([...lanes])('a fault of a provider: %s', (_lane, ofLane) => {
  it.each(ofLane.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    const seen = observationOf(row)
    onTestFailed(() => {
      process.stdout.write(`${nameOf(row)}: ${describeObservation(seen)}\n`)
    })

    expectPromise(seen)
    expectTrueLog(seen)
    expectNoSecret(seen)
  })
})

it('is tried in all its forms, by clients of every protocol', () => {
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id))
  process.stdout.write(
    `faults: ${observations.size} calls, ${ids(rows.map(({ fault }) => fault)).size} faults\n`,
  )

  expect(observations.size).toBeGreaterThanOrEqual(2_700)
  for (const dialect of dialects) {
    const own = rows.filter(({ lane }) => lane.client === dialect && lane.way === 'forward')
    expect(ids(own.map(({ fault }) => fault))).toEqual(ids(faultCases({ dialect })))
  }
})

it('leaves nothing in the log that belongs to no call, and no secret', () => {
  const text = JSON.stringify(strays)

  expect(strays.filter(({ level }) => level >= 40)).toEqual([])
  for (const secret of [faultSecret, secretPrefix]) expect(text).not.toContain(secret)
})

it('is described by the page; run "npm run docs:faults" when this fails', async () => {
  const page = faultsPage(sampledRows.map(observationOf))

  await expect(page).toMatchFileSnapshot('../../../../docs/reference/faults.md')
})
