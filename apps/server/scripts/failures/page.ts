import { defaultLimits } from '@jackfield/core'
import { type Asked, Probe } from './probe.ts'
import { type FailureRow, failureRows } from './rows.ts'

/** The page on decisions after a failure. Its tables are what a gateway does. */
export async function failuresPage(): Promise<{ readonly path: string; readonly text: string }> {
  const rows: string[] = []
  for (const row of failureRows) rows.push(await decisionRow(row))
  const text = [...head, ...rows, ...between, ...(await periodRows()), ...tail].join('\n')
  return { path: 'docs/explanation/when-a-provider-fails.md', text }
}

async function decisionRow(row: FailureRow): Promise<string> {
  const cells = [
    row.what,
    `\`${row.code}\``,
    await sameKey(row),
    await goesOn(row),
    ...(await leftOut(row)),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Whether the only key is asked again, and when. */
async function sameKey(row: FailureRow): Promise<string> {
  const { places } = await once({ a: 1 }, 'a:m', row)
  const [, ...again] = places
  if (again.length === 0) return 'no'
  return `after ${again.map(([, at]) => duration(at)).join(' and ')}`
}

/** Where a call goes that has two keys and another backend. */
async function goesOn(row: FailureRow): Promise<string> {
  const { places } = await once({ a: 2, b: 1 }, 'a:m|b:m', row)
  const names = places.slice(0, 3).map(([place]) => place)
  if (names.length === 1) return 'nowhere'
  return names[1] === 'a.2' ? 'the next key, then the next place' : 'the next place'
}

/** What is left out afterwards, for how long, whether it is used when nothing else is left, and what the client sees. */
async function leftOut(row: FailureRow): Promise<readonly string[]> {
  const probe = await Probe.open({ a: 1 }, row.answer, { limits: { maxTries: 1 } })
  const { changes, status } = await probe.ask('a:m', { stream: row.stream ?? false })
  const next = await probe.ask('a:m', { stream: row.stream ?? false })
  await probe.close()
  const shown = row.stream === true ? `${status}, then an error event` : `${status}`
  const [change] = changes
  if (change === undefined) return ['nothing', '', shown]
  const what = change.model === undefined ? 'the key' : 'the key for this model'
  const insists = next.places.length > 0 ? 'if there is anything else' : 'whatever happens'
  return [`${what}, ${insists}`, duration(change.forMs ?? 0), shown]
}

async function once(
  keys: Readonly<Record<string, number>>,
  model: string,
  { answer, stream = false }: FailureRow,
): Promise<Asked> {
  const probe = await Probe.open(keys, answer)
  const asked = await probe.ask(model, { stream })
  await probe.close()
  return asked
}

/** For how long a key is left out that fails whenever it is tried again. */
async function periodRows(): Promise<readonly string[]> {
  const [row] = failureRows
  if (row === undefined) throw new Error('no failure is known')
  const probe = await Probe.open({ a: 1 }, row.answer, { limits: { maxTries: 1 } })
  const cells: string[] = []
  for (let failure = 1; failure <= 10; failure += 1) {
    const { changes } = await probe.ask('a:m')
    const { forMs = 0, reason = '' } = changes.at(-1) ?? {}
    cells.push(`| ${failure} | ${duration(forMs)} | ${reason} |`)
    probe.clock.skip(forMs)
  }
  await probe.close()
  return cells
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${round(ms / 1_000)} s` : `${round(ms / 60_000)} min`
}

function round(value: number): string {
  return `${Math.round(value * 10) / 10}`
}

const { maxTries, maxAttemptsMs } = defaultLimits

const head = [
  '# When a provider fails',
  '',
  '<!-- Generated from what a gateway does, by "npm run docs". Do not edit: the words are in apps/server/scripts/failures. -->',
  '',
  'A request has a list of places where it may go: the keys of a backend, then those of the next one in the selector. When one fails,',
  'the gateway decides three things: whether the same key is asked again, where the request goes on, and who else should leave the key',
  'alone. This page shows these decisions. How to change them: [how-to/survive-failures.md](../how-to/survive-failures.md). What',
  'clients are told in each protocol: [reference/faults.md](../reference/faults.md).',
  '',
  '## Until the first meaningful part',
  '',
  'Nothing of an answer goes to the client before there is something in it, so a failure until then is nobody’s business. Behind it',
  'nothing is tried again: what came stands, and an error event follows. An error inside a 200, or an answer that breaks too early, counts',
  'like any other failure. An answer that ends well without anything in it is an answer, unless `retry_empty_answers` says otherwise.',
  '',
  '| the provider | code | the same key again | goes on to | left out by everybody | for | the client sees, at last |',
  '|---|---|---|---|---|---|---|',
]

const between = [
  '',
  '- **The same key again** only when no other place is left, and only if the time fits into `max_wait`. A key that can be renewed (an',
  '  account) is renewed and asked again at once when it is rejected. The times are without chance: a fifth more or less.',
  '- **Left out if there is anything else** is the gateway’s own guess. When nothing else is left, the key that comes back first is used,',
  '  rather than failing.',
  '- **Left out whatever happens** is what the provider said, or a rejected key. What a provider says is believed for 24 hours at most. A',
  '  request waits for it, if it is no longer than `max_wait` and nothing else is there; else it ends with 429 and the time left.',
  '- **Rejected keys** are probed, after a minute, two, four, up to ten, where the backend knows how; else one request at a time tries.',
  `- **One request** makes at most ${maxTries} attempts (\`max_tries\`) in ${duration(maxAttemptsMs)} (\`retry_window\`), and puts at most two keys out,`,
  '  besides those that were rejected: a request that breaks every provider must not leave the others without any.',
  '- **A conversation that is too long** goes on only to places whose window is larger, or not known. If there is none, the client gets',
  '  the provider’s own words.',
  '- **Clients that leave** end everything that runs for them, and count for nobody.',
  '',
  '## For how long',
  '',
  'A key that fails again whenever it is tried is left alone for longer and longer. From the fifth failure in a row on, or when more than',
  'half of at least ten outcomes in 30 seconds were failures, the breaker is open.',
  '',
  '| failure in a row | left alone for | reason in `/health` and in the log |',
  '|---|---|---|',
]

const tail = [
  '',
  'When the time is over, one request tries the key, while the others go elsewhere. The first meaningful part of an answer brings the key',
  'back for all, and an answer that ends well makes its history forgotten.',
  '',
  '## When everybody fails at once',
  '',
  'Retries help as long as some places work. When a provider is in trouble as a whole, they only add to its load. So a backend gets, in',
  'ten seconds, at most as many retries as a fifth of the requests that began there, and ten in any case. Beyond that a request makes one',
  'attempt there and goes on to other backends, or fails. Attempts that follow from rejected keys, limits and missing models do not count.',
  '',
]
