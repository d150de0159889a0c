import { type Batch, observe, settingsOf } from './observe.ts'
import type { Row } from './rows.ts'
import { runAll } from './run-all.ts'

/** Calls of one gateway. Each has its own backends and providers, which are all open at the same time. */
const batchSize = 160

/** Gateways at a time, and calls through each at a time. Most of them wait most of the time. */
const gateways = 3
const callsPerGateway = 24

/** Makes all calls, through as many gateways as it takes. */
export async function observeAll(rows: readonly Row[]): Promise<readonly Batch[]> {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(settingsOf(row)))
  const batches = [...groups.values()].flatMap(dealt)
  return await runAll(batches, gateways, (batch) => observe(batch, callsPerGateway))
}

/** Rows like playing cards: neighbours, which are alike, to different batches, so that slow ones do not meet. */
function dealt(rows: readonly Row[]): readonly (readonly Row[])[] {
  const count = Math.ceil(rows.length / batchSize)
  return Array.from({ length: count }, (_, at) =>
    rows.filter((_row, index) => index % count === at),
  )
}
