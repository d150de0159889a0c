import { errorPolicies } from '@jackfield/core'
import { faultCases } from '@jackfield/testkit'
import type { DialectName } from '../../compatibility/client.ts'
import { dialects } from '../../compatibility/client.ts'
import type { ClientName } from '../clients/client.ts'
import type { Observation } from '../observe.ts'
import { isSame, type Lane, sampledLanes } from '../rows.ts'
import { clientOf, isRelayed, toldError } from '../told.ts'
import { codeOf, cooldownCell, onceIfSame, outcomeCell, triesCell } from './cells.ts'
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
      const seen = lanes.map((lane) => results.of(fault, lane, situation))
      if (isAlike(seen)) return []
      const cells = seen.map(fateCell)
      const isTold =
        situation !== alone &&
        isToldOf(
          cells,
          lanes.map((lane) => fateCell(results.of(fault, lane))),
        )
      return isTold ? [] : [[`${code(fault.id)}${name}`, ...cells]]
    }),
  )
  const intro = [
    'What becomes of a call, where it goes and what fails does not depend on the protocol of its client: the tables below hold for all. Only',
    'these differ, because some protocols have no terminator, and an array cannot go on behind half an element.',
  ].join('\n')
  const columns = ['fault', ...lanes.map(({ client }) => titles[client])]
  return table('Where protocols differ', columns, rows, intro)
}

/** Whether all who can meet a fault meet the same, and all can or nobody can. Arrays are never unary. */
function isAlike(lanes: readonly (readonly Observation[])[]): boolean {
  const fates = (stream: boolean): readonly string[] =>
    lanes.map((seen) =>
      seen
        .filter(({ row }) => row.stream === stream)
        .map(fateOf)
        .join(),
    )
  const unary = fates(false).slice(0, dialects.length)
  return new Set(unary).size === 1 && new Set(fates(true)).size === 1
}

const impossible = 'cannot happen'

/** Whether cells add nothing to those of the same fault alone: they are equal, or say no more than where it cannot happen. */
function isToldOf(cells: Cells, byItself: Cells): boolean {
  const happening = new Set(cells.filter((cell) => cell !== impossible))
  return cells.join() === byItself.join() || happening.size === 1
}

/** Everything that must be equal in all protocols. */
function fateOf(seen: Observation): string {
  return [fate(seen), cooldownCell(seen), codeOf(seen)].join('; ')
}

function fateCell(seen: readonly Observation[]): string {
  return onceIfSame(seen, fate) || impossible
}

/** Keep-alives differ by protocol; what follows them must not. */
function fate(seen: Observation): string {
  const outcome = outcomeCell(seen).replace(/^(comments|pings|white space),/, 'keep-alives,')
  return [outcome, triesCell(seen)].join('; ')
}

/** Where translated calls have other outcomes than forwarded ones of the same client. */
export function translatedTable(results: Results): string {
  const lanes = sampledLanes.filter(({ way }) => way !== 'forward')
  const groups = Map.groupBy(
    lanes.flatMap((lane) => translatedRows(results, lane)),
    ({ what, forwarded, translated }) => [what, forwarded, translated].join('|'),
  )
  const rows = [...groups.values()].map((alike) => {
    const [{ what = '', forwarded = '', translated = '' } = {}] = alike
    return [what, forwarded, translated, whoCell(alike, lanes)]
  })
  const intro = [
    'Above, the gateway forwarded bytes. Where it translates, and where it never asks the provider to stream (InternLM), the',
    'outcome is the same but for these, with something else to turn to as well as without.',
  ].join('\n')
  const columns = ['fault', 'forwarded', 'translated', 'client ← provider']
  return table('Translated calls', columns, rows, intro)
}

interface TranslatedRow {
  readonly what: string
  readonly forwarded: string
  readonly translated: string
  readonly lane: Lane
}

/** A fault whose difference is always the same stands once. */
function translatedRows(results: Results, lane: Lane): readonly TranslatedRow[] {
  const isOwn = ({ client, way }: Lane): boolean => way === 'forward' && client === lane.client
  const own = sampledLanes.find(isOwn) ?? mainLane
  return faultCases().flatMap((fault) => {
    const cellsIn = (situation: Situation) => ({
      forwarded: fateCell(results.of(fault, own, situation)),
      translated: fateCell(results.of(fault, lane, situation)),
    })
    const byItself = cellsIn(alone)
    return situations.flatMap(([name, situation]) => {
      const cells = cellsIn(situation)
      const isTold = situation !== alone && cells.translated === byItself.translated
      const isSameFate = cells.forwarded === cells.translated || isTold
      if (isSameFate || Object.values(cells).includes(impossible)) return []
      return [{ what: `${code(fault.id)}${name}`, lane, ...cells }]
    })
  })
}

function whoCell(alike: readonly { readonly lane: Lane }[], lanes: readonly Lane[]): string {
  const isIn = (lane: Lane): boolean => alike.some((one) => isSame(one.lane, lane))
  const others = lanes.filter((lane) => !isIn(lane))
  if (others.length === 0) return 'all'
  return others.length < alike.length
    ? `all but ${others.map(laneCell).join('; ')}`
    : alike.map(({ lane }) => laneCell(lane)).join('; ')
}

function laneCell({ client, provider, way }: Lane): string {
  return `${titles[client]} ← ${titles[provider]}${way === 'synthesize' ? ', never streamed' : ''}`
}
