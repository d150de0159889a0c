import { errorPolicies } from '@jackfield/core'
import { faultCases } from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'
import { dialects } from '../../compatibility/client.ts'
import type { ClientName } from '../clients/client.ts'
import type { Observation } from '../observe.ts'
import { isSame, type Lane, sampledLanes } from '../rows.ts'
import { clientOf, isRelayed, toldError } from '../told.ts'
import { codeOf, onceIfSame, outcomeCell, triesCell } from './cells.ts'
import { alone, mainLane, type Results, type Situation, withBackend } from './results.ts'
import { type Cells, code, table } from './table.ts'

const titles: Readonly<Record<ClientName, string>> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Gemini',
  'gemini-array': 'Gemini, as an array',
}

/** How many calls were made, and what became of them. */
export function callsTable(results: Results): string {
  const rows = sampledLanes.map((lane) => {
    const seen = results.inLane(lane)
    return [titles[lane.client], providerCell(lane), `${seen.length}`, ...countsOf(seen)]
  })
  const total = ['**all**', '', `${results.all.length}`, ...countsOf(results.all)]
  const columns = ['client', 'provider', 'calls', ...Object.keys(kinds)]
  const intro = [
    'Every fault of the list that can happen, to clients of every protocol: their official libraries, and a reader of Gemini’s streams',
    'without `alt=sse`. Every answer went through the validator of its protocol, too. Each call has exactly one line in the log, which says',
    'what the client saw.',
  ].join('\n')
  return table('The calls', columns, [...rows, total], intro)
}

const kinds: Readonly<Record<string, (seen: Observation) => boolean>> = {
  'the answer': (seen) => outcomeCell(seen).startsWith('the answer'),
  'the other’s answer': (seen) => outcomeCell(seen).startsWith('the other’s'),
  'an error': ({ received }) => received.status !== 200,
  'an error behind keep-alives': ({ row, received, heard }) =>
    row.held && received.status === 200 && heard.error !== undefined,
  'an error behind what came': ({ row, received, heard }) =>
    !row.held && received.status === 200 && heard.error !== undefined,
}

function countsOf(seen: readonly Observation[]): Cells {
  return Object.values(kinds).map((isOne) => `${seen.filter(isOne).length}`)
}

function providerCell({ way, provider }: Lane): string {
  const title = titles[provider]
  if (way === 'forward') return `${title}, forwarded`
  return `${title}, translated${way === 'synthesize' ? ', never streamed' : ''}`
}

/** What errors are called in each protocol, and what its library raises. */
export function wordsTable(results: Results): string {
  const told = results.all.filter((seen) => isToldByUs(seen))
  const names = Object.keys(errorPolicies).filter((name) =>
    told.some((seen) => codeOf(seen) === name),
  )
  const rows = names.map((name) => [
    code(name),
    ...dialects.map((dialect) =>
      onceEach(
        told.filter((seen) => seen.row.lane.client === dialect && codeOf(seen) === name),
        wordCell,
      ),
    ),
  ])
  const intro = [
    'What a client is told for each code, and what the official library of its protocol raises. Where the provider blames the caller,',
    'a forwarded answer is relayed as it came instead, so that the library raises what it raises at the provider.',
  ].join('\n')
  return table('In the words of each protocol', ['code', ...dialects.map(titleOf)], rows, intro)
}

const titleOf = (dialect: DialectName): string => titles[dialect]

/** Errors in words of the gateway, as far as they came whole. */
function isToldByUs(seen: Observation): boolean {
  const { row, heard } = seen
  return !row.held && !isRelayed(row) && clientOf(seen).isToldError(heard.error)
}

function wordCell(seen: Observation): string {
  const { received, heard } = seen
  const raised = heard.error instanceof Error ? heard.error.constructor.name : ''
  const place = received.status === 200 ? 'event' : `${received.status}`
  return `${place} ${code(toldError(seen)?.word ?? '')}, ${code(raised)}`
}

function onceEach(
  seen: readonly Observation[],
  cellOf: (observation: Observation) => string,
): string {
  return [...new Set(seen.map(cellOf))].sort().join('<br>')
}

const situations: readonly (readonly [name: string, situation: Situation])[] = [
  ['', alone],
  [', with another backend', withBackend],
  [', with another key', { other: 'key', held: false }],
  [', kept alive', { ...alone, held: true }],
  [', kept alive, with another backend', { ...withBackend, held: true }],
]

/** Where forwarded calls of protocols have different outcomes. */
export function differencesTable(results: Results): string {
  const lanes = sampledLanes.filter(({ way }) => way === 'forward')
  const rows = situations.flatMap(([name, situation]) =>
    faultCases().flatMap((fault) => {
      const cells = lanes.map((lane) => comparable(results.of(fault, lane, situation)))
      const happening = cells.filter((cell) => cell !== '')
      const isSameForAll = new Set(happening).size <= 1 && happening.length === cells.length
      const isOnlyUnary = fault.stream === 'unary' && new Set(happening).size === 1
      if (happening.length === 0 || isSameForAll || isOnlyUnary) return []
      return [[`${code(fault.id)}${name}`, ...cells.map((cell) => cell || 'cannot happen')]]
    }),
  )
  const intro = [
    'What becomes of a call, where it goes and what fails does not depend on the protocol of its client: the tables below hold for all. Only',
    'these differ, because some protocols have no terminator, and an array cannot go on behind half an element.',
  ].join('\n')
  const columns = ['fault', ...lanes.map(({ client }) => titles[client])]
  return table('Where protocols differ', columns, rows, intro)
}

/** What must be equal in all protocols. Arrays are always streams, so that streams alone are compared where others are both. */
function comparable(seen: readonly Observation[]): string {
  const streamed = seen.filter(({ row }) => row.stream)
  return onceIfSame(streamed.length > 0 ? streamed : seen, (one) =>
    [withoutBeats(outcomeCell(one)), triesCell(one)].join('; '),
  )
}

/** Keep-alives differ by protocol; what follows them must not. */
function withoutBeats(cell: string): string {
  return cell.replace(/^(comments|pings|white space),/, 'keep-alives,')
}

/** Where translated calls have other outcomes than forwarded ones of the same client. */
export function translatedTable(results: Results): string {
  const lanes = sampledLanes.filter(({ way }) => way !== 'forward')
  const rows = lanes.flatMap((lane) => {
    const own = sampledLanes.find(({ client, way }) => way === 'forward' && client === lane.client)
    return faultCases({ dialect: lane.provider }).flatMap((fault) => {
      const translated = comparable(results.of(fault, lane))
      const forwarded = comparable(results.of(fault, own ?? mainLane))
      if (translated === '' || forwarded === '' || translated === forwarded) return []
      return [{ id: fault.id, lane, forwarded, translated }]
    })
  })
  const cells = [...Map.groupBy(rows, ({ id }) => id)].flatMap(([id, ofFault]) =>
    [
      ...Map.groupBy(ofFault, ({ forwarded, translated }) => `${forwarded}|${translated}`).values(),
    ].map((alike) => [
      code(id),
      alike[0]?.forwarded ?? '',
      alike[0]?.translated ?? '',
      whoCell(alike, lanes),
    ]),
  )
  const intro = [
    'Above, the gateway forwarded bytes. Where it translates, and where it never asks the provider to stream (InternLM), the',
    'outcome is the same but for these.',
  ].join('\n')
  const columns = ['fault', 'forwarded', 'translated', 'client ← provider']
  return table('Translated calls', columns, cells, intro)
}

function whoCell(alike: readonly { readonly lane: Lane }[], lanes: readonly Lane[]): string {
  const isIn = (lane: Lane): boolean => alike.some((one) => isSame(one.lane, lane))
  if (lanes.every(isIn)) return 'all'
  return lanes
    .filter(isIn)
    .map(
      ({ client, provider, way }) =>
        `${titles[client]} ← ${titles[provider]}${way === 'synthesize' ? ', never streamed' : ''}`,
    )
    .join('<br>')
}
