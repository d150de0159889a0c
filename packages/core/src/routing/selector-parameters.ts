import { type CallParameters, reasoningEfforts, verbosities } from '../chat/parameters.ts'
import { type Cursor, quote, takeParameterText } from './selector-cursor.ts'
import { decodeText } from './selector-encoding.ts'
import type { SelectorWarning } from './selector-types.ts'
import { readDecimal, readPositiveInteger } from './selector-values.ts'

/** One parameter that a selector can set. */
interface ParameterRule {
  /** What the value must be. */
  readonly expected: string
  read(text: string): CallParameters | undefined
}

type NumericParameters = Omit<CallParameters, 'reasoningEffort' | 'verbosity'>

const positiveInteger = 'a whole number from 1 to 999999999'

const rules: ReadonlyMap<string, ParameterRule> = new Map<string, ParameterRule>([
  [
    'temperature',
    {
      expected: 'a number from 0 to 2',
      read: numeric('temperature', (text) => readDecimal(text, 2)),
    },
  ],
  [
    'top_p',
    { expected: 'a number from 0 to 1', read: numeric('topP', (text) => readDecimal(text, 1)) },
  ],
  ['top_k', { expected: positiveInteger, read: numeric('topK', readPositiveInteger) }],
  ['reasoning_effort', { expected: oneOf(reasoningEfforts), read: readEffort }],
  ['verbosity', { expected: oneOf(verbosities), read: readVerbosity }],
  [
    'max_output_tokens',
    { expected: positiveInteger, read: numeric('maxOutputTokens', readPositiveInteger) },
  ],
])

const knownNames = [...rules.keys()].join(', ')

/** None at all; shared by every leaf without parameters. */
export const noParameters: CallParameters = Object.freeze({})

const warningLimit = 20

/**
 * Reads `?key=value&…`; leaves the cursor after it. What is unknown or invalid is dropped and warned about; of several
 * valid values for one key the last one counts.
 */
export function parseParameters(cursor: Cursor): CallParameters {
  cursor.position++
  let start = cursor.position
  const text = takeParameterText(cursor)
  let parameters = noParameters
  for (const part of text.split('&')) {
    const parameter = part === '' ? undefined : readParameter(cursor, part, start)
    if (parameter !== undefined) parameters = { ...parameters, ...parameter }
    start += part.length + 1
  }
  return parameters
}

function readParameter(cursor: Cursor, text: string, position: number): CallParameters | undefined {
  const equals = text.indexOf('=')
  const name = decodeText(equals === -1 ? text : text.slice(0, equals))
  const rule = rules.get(name)
  if (rule === undefined) return warn(cursor, position, { code: 'unknown_parameter', name })
  const value = equals === -1 ? '' : decodeText(text.slice(equals + 1))
  const parameters = rule.read(value)
  if (parameters !== undefined) return parameters
  return warn(cursor, position, { code: 'invalid_parameter', name, value })
}

/** Keeps the first warnings only: a hostile text could cause tens of thousands. */
function warn(
  cursor: Cursor,
  position: number,
  dropped: { code: SelectorWarning['code']; name: string; value?: string },
): undefined {
  if (cursor.warnings.length >= warningLimit) return
  const { code, name, value = '' } = dropped
  const expected = rules.get(name)?.expected
  const message =
    expected === undefined
      ? `Ignored ${quote(name)}: there is no such parameter. Known are ${knownNames}.`
      : `Ignored ${quote(`${name}=${value}`)}: ${name} must be ${expected}.`
  cursor.warnings.push({ code, message, column: position + 1 })
}

function numeric(
  name: keyof NumericParameters,
  read: (text: string) => number | undefined,
): ParameterRule['read'] {
  return (text) => {
    const value = read(text)
    if (value === undefined) return undefined
    const parameters: NumericParameters = { [name]: value }
    return parameters
  }
}

function readEffort(text: string): CallParameters | undefined {
  const reasoningEffort = reasoningEfforts.find((effort) => effort === text)
  return reasoningEffort && { reasoningEffort }
}

function readVerbosity(text: string): CallParameters | undefined {
  const verbosity = verbosities.find((known) => known === text)
  return verbosity && { verbosity }
}

function oneOf(words: readonly string[]): string {
  return `one of ${words.join(', ')}`
}
