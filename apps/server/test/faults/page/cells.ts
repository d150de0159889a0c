import { faultAnswerText } from '@jackfield/testkit'
import type { ClientName } from '../clients/client.ts'
import type { Observation } from '../observe.ts'
import { otherText } from '../providers.ts'
import { clientOf, isAsProviderSaid, toldError } from '../told.ts'
import { code } from './table.ts'

/** One cell for a unary and a streamed call: their own where they differ. */
export function onceIfSame(
  seen: readonly Observation[],
  cellOf: (observation: Observation) => string,
): string {
  const cells = seen.map(cellOf)
  const [first = ''] = cells
  if (cells.every((cell) => cell === first)) return first
  return seen
    .map(({ row }, index) => `${row.stream ? 'stream' : 'unary'}: ${cells[index]}`)
    .join('<br>')
}

/** What the client gets, in the words of its protocol. */
export function clientCell(seen: Observation): string {
  const { received, heard } = seen
  if (received.status !== 200 && isAsProviderSaid(seen)) {
    return `${received.status}, as the provider said it`
  }
  const word = toldError(seen)?.word ?? ''
  if (received.status !== 200) {
    const hint = received.headers['retry-after'] === undefined ? '' : ', `Retry-After`'
    return `${received.status} ${code(word)}${hint}`
  }
  return heard.error === undefined ? answerCell(seen) : breakCell(seen, word)
}

/** What becomes of the call, in words that all protocols share. */
export function outcomeCell(seen: Observation): string {
  const { received, heard } = seen
  if (heard.error === undefined) return answerCell(seen)
  const name = codeOf(seen)
  if (received.status === 200) return breakCell(seen, name)
  return isAsProviderSaid(seen) ? `${code(name)}, as the provider said it` : code(name)
}

export function codeOf({ calls }: Observation): string {
  return String(calls[0]?.['code'] ?? 'none')
}

/** What a client is sent while it waits. */
const beats: Readonly<Record<ClientName, string>> = {
  'openai-chat': 'comments',
  'openai-responses': 'comments',
  'anthropic-messages': 'pings',
  gemini: 'comments',
  'gemini-array': 'white space',
}

function breakCell(seen: Observation, word: string): string {
  const { row, heard, received } = seen
  const error = `then error event ${code(word)}`
  if (row.held && heard.text === '') return `${beats[row.lane.client]}, ${error}`
  if (!received.whole) return 'what came, half an event, then the connection breaks off'
  const isHalf = !clientOf(seen).isToldError(heard.error)
  return `what came${isHalf ? ', half an event' : ''}, ${error}`
}

const names: Readonly<Record<string, string>> = {
  [faultAnswerText]: 'the answer',
  [otherText]: 'the other’s answer',
}

const terminators: Partial<Readonly<Record<ClientName, string>>> = {
  'openai-chat': '[DONE]',
  'anthropic-messages': 'message_stop',
  'gemini-array': ']',
}

function answerCell(seen: Observation): string {
  const { row, received, heard } = seen
  const { terminator } = clientOf(seen)
  const body = received.body.toString()
  const isUnended = row.stream && terminator !== undefined && !body.endsWith(terminator)
  return [
    names[heard.text] ?? 'another text',
    ...(isUnended ? [`without ${code(terminators[row.lane.client] ?? '')}`] : []),
    ...(heard.finish === null ? ['without a finish reason'] : []),
  ].join(', ')
}

/** `a … a`: where the call went, with its pauses. */
export function triesCell({ row, visits }: Observation): string {
  const places = visits.map((visit) => {
    if (visit === '…') return visit
    const [backend, key] = visit.split(/[[\]]/)
    return row.other === 'key' ? `key ${Number(key) + 1}` : backend
  })
  return places.join(row.other === 'none' ? ' ' : ', ')
}

/** What was excluded first, for how long. */
export function cooldownCell({ changes, row }: Observation): string {
  const [change] = changes
  if (change === undefined) return ''
  if (change['state'] === 'down') return 'the key, until it works again'
  const what = change['model'] === undefined ? 'the target' : 'the model there'
  const { expected } = row.fault
  const hinted = expected.outcome === 'error' && expected.retryAfterMs !== undefined
  return `${what}, ${hinted ? 'as told' : duration(Number(change['forMs']))}`
}

/** Own back-off varies by a fifth, so it is rounded. */
function duration(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1_000)} s`
}
