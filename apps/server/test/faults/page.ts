import { type FaultCase, type FaultPhase, faultCases } from '@jackfield/testkit'
import { clientCell, cooldownCell, onceIfSame, triesCell } from './cells.ts'
import type { Observation } from './observe.ts'
import { dialect, type Row } from './rows.ts'

const phases: Readonly<Record<FaultPhase, string>> = {
  connect: 'Connecting',
  request: 'Sending the request',
  headers: 'The head of the answer',
  body: 'The body of an answer',
  'before-first-part': 'A stream before its first meaningful part',
  'mid-stream': 'A stream after its first meaningful part',
  terminal: 'The end of a stream',
}

type Cells = readonly string[]

/** The reference of faults, from what was observed. */
export function faultsPage(observations: readonly Observation[]): string {
  const results = new Results(observations)
  const blocks = [
    head(observations.length),
    ...Object.entries(phases).map(([phase, title]) => phaseBlock(phase, title, results)),
    keyBlock(results),
    keptAliveBlock(results),
    translatedBlock(results),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** Observations by what was tried. */
class Results {
  readonly #observations: readonly Observation[]

  constructor(observations: readonly Observation[]) {
    this.#observations = observations
  }

  /** A unary and a streamed call, as far as the fault can happen to them. */
  of(
    fault: FaultCase,
    wanted: Partial<Omit<Row, 'fault' | 'stream'>> = {},
  ): readonly Observation[] {
    const { way = 'forward', other = 'none', held = false } = wanted
    return this.#observations.filter(
      ({ row }) =>
        row.fault.id === fault.id && row.way === way && row.other === other && row.held === held,
    )
  }
}

const cases = faultCases({ dialect })

function head(calls: number): string {
  return [
    '# Faults of providers',
    '',
    '<!-- Generated from the results of apps/server/test/faults by "npm run docs:faults". Do not edit. -->',
    '',
    'What clients get, and what the gateway does, when a provider fails. Each line is a fault that a test played on a real',
    `socket, to calls of the OpenAI protocol: ${calls} calls in all, unary and streamed, with and without something else to turn to.`,
    'A test is red when this page and its results differ.',
    '',
    'Until the first meaningful part of an answer nothing goes to the client, so that another backend or key can still',
    'serve the call. After it nothing is tried again: what came stands, and a typed error event follows. Keys never reach a',
    'client or the log, even where a provider repeats them in its message. Every call has one log line, `call`, with the status that',
    'the client saw and the code of the last column, and every failed attempt has one, `attempt failed`; see',
    '[errors.md](errors.md) for the codes.',
    '',
    '- **alone**: one backend with one key. `a … a`: two tries with a pause between them.',
    '- **with another**: the model is `a|b`, and `b` is healthy.',
    '- **cools**: what gets no further calls for a while, if there is anything else.',
    '- Where unary and streamed calls get the same, it stands once.',
  ].join('\n')
}

function phaseBlock(phase: string, title: string, results: Results): string {
  const rows = cases
    .filter((fault) => fault.phase === phase)
    .map((fault) => mainRow(fault, results))
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

function mainRow(fault: FaultCase, results: Results): Cells {
  const alone = results.of(fault)
  const other = results.of(fault, { other: 'backend' })
  const client = clientCells(alone)
  const elsewhere = clientCells(other)
  return [
    code(fault.id),
    descriptionOf(fault),
    client,
    onceIfSame(alone, triesCell),
    elsewhere === client ? 'the same' : `${elsewhere} (${onceIfSame(other, triesCell)})`,
    onceIfSame(alone, cooldownCell),
    onceIfSame(alone, codeCell),
  ]
}

function keyBlock(results: Results): string {
  const rows = cases
    .map((fault) => ({ fault, seen: results.of(fault, { other: 'key' }) }))
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

function keptAliveBlock(results: Results): string {
  const rows = cases
    .map((fault) => ({
      fault,
      alone: results.of(fault, { held: true }),
      other: results.of(fault, { held: true, other: 'backend' }),
    }))
    .filter(({ alone }) => alone.length > 0)
    .map(({ fault, alone, other }) => [
      code(fault.id),
      clientCells(alone),
      other.length === 0 ? 'at once, see above' : clientCells(other),
    ])
  const intro = [
    'A streaming client that has waited for `hold` gets comments, which commits status 200. What fails then becomes an error',
    'event; another backend can still serve the call.',
  ].join('\n')
  return table(
    'After keep-alives have begun',
    ['fault', 'client, alone', 'with another'],
    rows,
    intro,
  )
}

function translatedBlock(results: Results): string {
  const rows = cases
    .map((fault) => translatedRow(fault, results))
    .filter((cells) => cells.slice(2).some((cell) => cell !== cells[1] && cell !== ''))
  const intro = [
    'Above, the gateway forwarded bytes. Where it translates, and where it never asks the provider to stream (InternLM), the',
    'outcome is the same but for these.',
  ].join('\n')
  const columns = ['fault', 'forwarded', 'translated', 'translated, never streamed by the provider']
  return table('Translated calls', columns, rows, intro)
}

function translatedRow(fault: FaultCase, results: Results): Cells {
  const cellOf = (way: Row['way']): string => outcomeCell(results.of(fault, { way }))
  return [code(fault.id), cellOf('forward'), cellOf('translate'), cellOf('synthesize')]
}

/** All that must not differ between ways. */
function outcomeCell(seen: readonly Observation[]): string {
  if (seen.length === 0) return ''
  return [clientCells(seen), onceIfSame(seen, triesCell)].join('; ')
}

function clientCells(seen: readonly Observation[]): string {
  return onceIfSame(seen, clientCell)
}

function codeCell({ call }: Observation): string {
  return call['code'] === undefined ? 'none' : code(String(call['code']))
}

function descriptionOf({ description, stream, phase }: FaultCase): string {
  const isPlain = stream === 'both' || phase === 'before-first-part' || phase === 'mid-stream'
  if (isPlain || phase === 'terminal') return description
  return `${description} (${stream === 'stream' ? 'Streamed' : 'Unary'} calls.)`
}

function code(text: string): string {
  return `\`${text}\``
}

function table(title: string, columns: Cells, rows: readonly Cells[], intro?: string): string {
  const line = (cells: Cells): string => `| ${cells.join(' | ')} |`
  return [
    `## ${title}`,
    '',
    ...(intro === undefined ? [] : [intro, '']),
    line(columns),
    `|${'---|'.repeat(columns.length)}`,
    ...rows.map(line),
  ].join('\n')
}
