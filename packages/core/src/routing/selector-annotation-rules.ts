import type { CompositeSelector, LeafAnnotations, SelectorErrorCode } from './selector-types.ts'
import { readMilliseconds, readPositiveInteger } from './selector-values.ts'

/** What one annotation key demands. */
export interface AnnotationRule {
  readonly code: SelectorErrorCode
  /** What the value must be. */
  readonly expected: string
  /** The only composite in which it means something; absent: it always does. */
  readonly within?: CompositeSelector['kind']
  read(text: string): LeafAnnotations | undefined
}

type NumericAnnotations = Omit<LeafAnnotations, 'first'>

const positiveInteger = 'a whole number from 1 to 999999999'
const seconds = 'a number of seconds from 0 to 86400'

const weight: AnnotationRule = {
  code: 'invalid_weight',
  expected: positiveInteger,
  within: 'weighted',
  read: numeric('weight', readPositiveInteger),
}

const first: AnnotationRule = {
  code: 'invalid_first',
  expected: '1, yes or true',
  within: 'weighted',
  read: (text) => (/^(?:1|yes|true)$/.test(text) ? { first: true } : undefined),
}

const maxContext: AnnotationRule = {
  code: 'invalid_max_context',
  expected: `${positiveInteger}, in tokens`,
  read: numeric('maxContext', readPositiveInteger),
}

const handicap: AnnotationRule = {
  code: 'invalid_handicap',
  expected: seconds,
  within: 'race',
  read: numeric('handicapMs', readMilliseconds),
}

const ttftTimeout: AnnotationRule = {
  code: 'invalid_ttft_timeout',
  expected: seconds,
  read: numeric('ttftTimeoutMs', readMilliseconds),
}

const timeout = (
  name: 'connectTimeoutMs' | 'idleTimeoutMs' | 'totalTimeoutMs',
): AnnotationRule => ({
  code: 'invalid_timeout',
  expected: seconds,
  read: numeric(name, readMilliseconds),
})

function numeric(
  name: keyof NumericAnnotations,
  read: (text: string) => number | undefined,
): AnnotationRule['read'] {
  return (text) => {
    const value = read(text)
    if (value === undefined) return undefined
    const annotations: NumericAnnotations = { [name]: value }
    return annotations
  }
}

/** The annotations that exist, by the key as it is written. */
export const annotationRules: ReadonlyMap<string, AnnotationRule> = new Map([
  ['weight', weight],
  ['first', first],
  ['max_context', maxContext],
  ['handicap', handicap],
  ['connect_timeout', timeout('connectTimeoutMs')],
  ['ttft_timeout', ttftTimeout],
  ['idle_timeout', timeout('idleTimeoutMs')],
  ['total_timeout', timeout('totalTimeoutMs')],
])
