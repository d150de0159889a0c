import { writeFileSync } from 'node:fs'
import { it } from 'vitest'
import { observe } from './observe.ts'
import { nameOf, rows } from './rows.ts'
import { runAll } from './run-all.ts'

it('tries', async () => {
  const start = performance.now()
  const seen = await runAll(rows, Number(process.env.CONC ?? 16), async (row) => {
    const began = performance.now()
    try { return { ...(await observe(row)), ms: performance.now() - began } } catch (error) { return { row, error, ms: performance.now() - began } }
  })
  const out = seen.map((o: any) => o.error ? `${nameOf(o.row)}: ERROR ${o.error?.stack ?? o.error}` : [
    nameOf(o.row), `${Math.round(o.ms)}ms`, `client ${o.received.status} whole=${o.received.whole} ra=${o.received.headers['retry-after']}`,
    `sdk ${JSON.stringify(o.sdk.text)} fin=${o.sdk.finishReason} ${o.sdk.error ? `${(o.sdk.error as any)?.constructor?.name}/${(o.sdk.error as any)?.code}/${String((o.sdk.error as any)?.message).slice(0,120)}` : ''}`,
    `visits ${o.visits.join(' ')} arrived ${JSON.stringify(o.arrived)}`,
    `call ${o.call.status} ${o.call.code} ${o.call.attempts} ${o.call.reason ?? ''}`,
    `fail ${o.failures.map((l: any) => `${l.backend}:${l.code}:${l.next}`).join(', ')}`,
    `chg ${o.changes.map((l: any) => `${l.backend}:${l.state}:${l.model ?? ''}:${l.reason}:${l.forMs}`).join(', ')}`,
    `exp ${JSON.stringify(o.row.fault.expected)}`,
    `tail ${JSON.stringify(o.received.body.subarray(-200).toString())}`,
  ].join('\n   '))
  writeFileSync('/tmp/fm/out.txt', out.join('\n'))
  console.log(rows.length, 'rows', Math.round(performance.now() - start), 'ms')
}, 300000)
