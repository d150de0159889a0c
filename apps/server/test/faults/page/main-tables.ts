import { type FaultCase, type FaultPhase, faultCases } from '@jackfield/testkit'
import type { Observation } from '../observe.ts'
import { clientCell, codeOf, cooldownCell, onceIfSame, triesCell } from './cells.ts'
import { alone, mainLane, type Results, withBackend } from './results.ts'
import { type Cells, code, table } from './table.ts'

const phases: Readonly<Record<FaultPhase, string>> = {
  connect: 'Connecting',
  request: 'Sending the request',
  headers: 'The head of the answer',
  body: 'The body of an answer',
  'before-first-part': 'A stream before its first meaningful part',
  'mid-stream': 'A stream after its first meaningful part',
  terminal: 'The end of a stream',
}

const cases = faultCases({ dialect: mainLane.provider })

/** Everything about forwarded calls of OpenAI Chat. */
export function mainTables(results: Results): readonly string[] {
  return [
    ...Object.entries(phases).map(([phase, title]) => phaseTable(phase, title, results)),
    keyTable(results),
    keptAliveTable(results),
  ]
}

function phaseTable(phase: string, title: string, results: Results): string {
  const rows = cases
    .filter((fault) => fault.phase === phase)
    .map((fault) => phaseRow(fault, results))
  const columns = [
    'fault',
    'the provider',
    'client, alone',
    'tries',
    'with another',
    'cools',
    'code',
  ]
  return table(title, columns, rows)
}

function phaseRow(fault: FaultCase, results: Results): Cells {
  const byItself = results.of(fault)
  const other = results.of(fault, mainLane, withBackend)
  const client = clientCells(byItself)
  const elsewhere = clientCells(other)
  return [
    code(fault.id),
    descriptionOf(fault),
    client,
    onceIfSame(byItself, triesCell),
    elsewhere === client ? 'the same' : `${elsewhere} (${onceIfSame(other, triesCell)})`,
    onceIfSame(byItself, cooldownCell),
    onceIfSame(byItself, codeCell),
  ]
}

function keyTable(results: Results): string {
  const rows = cases
    .map((fault) => ({ fault, seen: results.of(fault, mainLane, { other: 'key', held: false }) }))
    .filter(({ seen }) => seen.length > 0)
    .map(({ fault, seen }) => [
      code(fault.id),
      clientCells(seen),
      onceIfSame(seen, triesCell),
      onceIfSame(seen, cooldownCell),
    ])
  const intro = 'The same backend has a second key, which is healthy.'
  return table('Another key', ['fault', 'client', 'tries', 'cools'], rows, intro)
}

function keptAliveTable(results: Results): string {
  const rows = cases
    .map((fault) => ({
      fault,
      byItself: results.of(fault, mainLane, { ...alone, held: true }),
      other: results.of(fault, mainLane, { ...withBackend, held: true }),
    }))
    .filter(({ byItself }) => byItself.length > 0)
    .map(({ fault, byItself, other }) => [
      code(fault.id),
      clientCells(byItself),
      other.length === 0 ? 'at once, see above' : clientCells(other),
    ])
  const intro = [
    'A streaming client that has waited for `hold` gets keep-alives (comments here, pings in Anthropic’s protocol, white space in',
    'Gemini’s arrays), which commits status 200. What fails then becomes an error event; another backend can still serve the call.',
  ].join('\n')
  const columns = ['fault', 'client, alone', 'with another']
  return table('After keep-alives have begun', columns, rows, intro)
}

function clientCells(seen: readonly Observation[]): string {
  return onceIfSame(seen, clientCell)
}

function codeCell(seen: Observation): string {
  const name = codeOf(seen)
  return name === 'none' ? name : code(name)
}

/** With the calls to which alone it can happen, where the section does not say it. */
function descriptionOf({ description, stream, phase }: FaultCase): string {
  const isPlain = stream === 'both' || phase === 'before-first-part' || phase === 'mid-stream'
  if (isPlain || phase === 'terminal') return description
  return `${description} (${stream === 'stream' ? 'Streamed' : 'Unary'} calls.)`
}
