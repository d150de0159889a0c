import type { Observation } from '../observe.ts'
import { mainTables } from './main-tables.ts'
import { callsTable, differencesTable, translatedTable, wordsTable } from './protocol-tables.ts'
import { Results } from './results.ts'

/** The reference of faults, from what was observed. */
export function faultsPage(observations: readonly Observation[]): string {
  const results = new Results(observations)
  const blocks = [
    head(observations.length),
    callsTable(results),
    wordsTable(results),
    differencesTable(results),
    ...mainTables(results),
    translatedTable(results),
  ]
  return `${blocks.join('\n\n')}\n`
}

function head(calls: number): string {
  return [
    '# Faults of providers',
    '',
    '<!-- Generated from the results of apps/server/test/faults by "npm run docs:faults". Do not edit. -->',
    '',
    'What clients get, and what the gateway does, when a provider fails. Each line is a fault that a test played on a real',
    `socket: ${calls} calls in all, by clients of four protocols, forwarded and translated, unary and streamed, with and without`,
    'something else to turn to. A test is red when this page and its results differ.',
    '',
    'Until the first meaningful part of an answer nothing goes to the client, so that another backend or key can still',
    'serve the call. After it nothing is tried again: what came stands, and a typed error event follows. Keys never reach a',
    'client or the log, even where a provider repeats them in its message. Every call has one log line, `call`, with the status that',
    'the client saw and the code of the last column, and every failed attempt has one, `attempt failed`; see',
    '[errors.md](errors.md) for the codes.',
    '',
    'The tables from [Connecting](#connecting) on show calls of the OpenAI Chat protocol.',
    '',
    '- **alone**: one backend with one key. `a … a`: two tries with a pause between them.',
    '- **with another**: the model is `a|b`, and `b` is healthy. It speaks another protocol, so that the call is translated there; a call that',
    '  was translated for `a` is forwarded to `b`.',
    '- **cools**: what gets no further calls for a while, if there is anything else.',
    '- Where unary and streamed calls get the same, it stands once.',
  ].join('\n')
}
