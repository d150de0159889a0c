import type { Line } from '../support/fake-dialect.ts'
import type { Client, Record, Seen } from './record.ts'

/** What clients saw: whole answers of one attempt, or an honest error, and nothing tried behind the first part. */
export function checkAnswers({ clients, seen }: Record): readonly string[] {
  return clients.flatMap((client) => {
    const own = seen.filter(({ call }) => call === client.call.name)
    return [...lateAttempts(client, own), ...badAnswer(client)].map(
      (problem) => `${client.call.name}: ${problem}`,
    )
  })
}

function lateAttempts({ firstText }: Client, own: readonly Seen[]): readonly string[] {
  if (firstText === undefined) return []
  return own
    .filter(({ order }) => order > firstText.order)
    .map(({ backend, target }) => `an attempt at ${backend}.${target} after the first part`)
}

function badAnswer({ sink, leftAt, call }: Client): readonly string[] {
  if (leftAt !== undefined) return []
  if (!sink.over) return ['its answer does not end']
  if (sink.status !== 200) return sink.text.includes('#') ? ['words in an error'] : []
  const lines = sink.text
    .split('\n')
    .filter((text) => text !== '')
    .map((text): Line => JSON.parse(text))
  const said = lines.map(({ text = '' }) => text).join('')
  const origins = new Set(said.match(/#\d+/g))
  if (origins.size > 1) return [`words of several attempts: ${said}`]
  const [origin] = origins
  const whole = origin === undefined ? '' : `${call.name}${origin}/1 ${call.name}${origin}/2 `
  return endOf(lines) === 'error' ? brokenAnswer(said, whole) : goodAnswer(said, whole)
}

/** How a stream ends for its client: exactly once, in its last line. */
function endOf(lines: readonly Line[]): 'done' | 'error' | 'not once' {
  const ends = lines.filter(({ done, error }) => done !== undefined || error !== undefined)
  const [end] = ends
  if (ends.length !== 1 || end !== lines.at(-1)) return 'not once'
  return end?.error === undefined ? 'done' : 'error'
}

function brokenAnswer(said: string, whole: string): readonly string[] {
  return whole.startsWith(said) ? [] : [`it said "${said}" before it broke`]
}

function goodAnswer(said: string, whole: string): readonly string[] {
  return said === whole ? [] : [`it said "${said}" instead of "${whole}"`]
}
