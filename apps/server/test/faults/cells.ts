import { isJsonObject, type JsonValue } from '@jackfield/core'
import { faultAnswerText } from '@jackfield/testkit'
import { isAsProviderSaid } from './judge.ts'
import { type Observation, otherText } from './observe.ts'

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

/** What the client gets. */
export function clientCell(observation: Observation): string {
  const { received, sdk, row } = observation
  const { status, headers, body } = received
  if (status !== 200) {
    const hint = headers['retry-after'] === undefined ? '' : ', `Retry-After`'
    if (isAsProviderSaid(observation)) return `${status}, as the provider said it`
    return `${status} ${nameIn(body.toString())}${hint}`
  }
  if (sdk.error === undefined) return answerCell(observation)
  const text = body.toString()
  const error = `error event ${nameIn(text.slice(text.lastIndexOf('data: ') + 'data: '.length))}`
  if (row.held && sdk.text === '') return `comments, then ${error}`
  const halfEvent = sdk.error instanceof SyntaxError ? ', half an event' : ''
  return `what came${halfEvent}, then ${error}`
}

function answerCell({ row, received, sdk }: Observation): string {
  const names: Readonly<Record<string, string>> = {
    [faultAnswerText]: 'the answer',
    [otherText]: 'the other’s answer',
  }
  const isUnended = row.stream && !received.body.includes('data: [DONE]')
  return [
    names[sdk.text] ?? 'another text',
    ...(isUnended ? ['without `[DONE]`'] : []),
    ...(sdk.finishReason === null ? ['without a finish reason'] : []),
  ].join(', ')
}

/** `a … a`: where the call went, with its pauses. */
export function triesCell({ row, visits }: Observation): string {
  const names = visits.map((visit) => {
    if (visit === '…') return visit
    const [backend, key] = visit.split(/[[\]]/)
    return row.other === 'key' ? `key ${Number(key) + 1}` : backend
  })
  return names.join(row.other === 'none' ? ' ' : ', ')
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

/** The code of an error in OpenAI's envelope, or its type where it has none. */
function nameIn(json: string): string {
  const { error }: { error?: JsonValue } = JSON.parse(json)
  const { code, type } = isJsonObject(error) ? error : {}
  return `\`${code ?? type}\``
}
