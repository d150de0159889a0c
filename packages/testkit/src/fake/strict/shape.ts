/** What is wrong with a value, and where: `messages[0].role`. */
export interface Problem {
  readonly at: string
  readonly message: string
}

/** Looks at one value of a JSON body; `at` is its place. */
export type Check = (value: unknown, at: string) => Problem | undefined

/** Whether a JSON value is an object (not null, not a list). */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a member of a JSON object says something: null counts as absent. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** The members of a JSON list; none when it is not a list. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string of at least one and at most `max` characters, or of the form `pattern`. */
export function text(limits: { readonly max?: number; readonly pattern?: RegExp } = {}): Check {
  const max = limits.max ?? Number.POSITIVE_INFINITY
  const length = limits.max === undefined ? '' : ` of at most ${max} characters`
  const form = limits.pattern === undefined ? '' : ` matching ${limits.pattern.source}`
  return expecting(
    `a non-empty string${length}${form}`,
    (value) =>
      typeof value === 'string' &&
      value.length > 0 &&
      value.length <= max &&
      (limits.pattern?.test(value) ?? true),
  )
}

/** Any string, the empty one included. */
export const anyText: Check = expecting('a string', (value) => typeof value === 'string')

/** `true` or `false`. */
export const flag: Check = expecting('a boolean', (value) => typeof value === 'boolean')

/** Any JSON object. */
export const anyObject: Check = expecting('an object', isObject)

/** A number from `min` to `max`, both included. */
export function numberIn(min: number, max: number): Check {
  return expecting(
    `a number from ${min} to ${max}`,
    (value) => typeof value === 'number' && value >= min && value <= max,
  )
}

/** A whole number from `min` to `max`, both included. */
export function integerIn(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  return expecting(
    `an integer from ${min} to ${max}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  )
}

/** One of the given words. */
export function oneOf(...words: readonly string[]): Check {
  return expecting(
    `one of ${words.join(', ')}`,
    (value) => typeof value === 'string' && words.includes(value),
  )
}

/** A list whose members all pass `item`. */
export function listOf(
  item: Check,
  limits: { readonly min?: number; readonly max?: number } = {},
): Check {
  const { min = 0, max = Number.POSITIVE_INFINITY } = limits
  return (value, at) => {
    if (!Array.isArray(value)) return { at, message: 'expected a list' }
    if (value.length < min) return { at, message: `expected at least ${min} members` }
    if (value.length > max) return { at, message: `expected at most ${max} members` }
    return firstProblem(value, (member, index) => item(member, `${at}[${index}]`))
  }
}

/** An object whose values all pass `member`. */
export function mapOf(
  member: Check,
  limits: { readonly max?: number; readonly key?: Check } = {},
): Check {
  return (value, at) => {
    if (!isObject(value)) return { at, message: 'expected an object' }
    const entries = Object.entries(value)
    if (entries.length > (limits.max ?? entries.length)) {
      return { at, message: `expected at most ${limits.max} members` }
    }
    return firstProblem(
      entries,
      ([key, item]) => limits.key?.(key, `${at}.${key}`) ?? member(item, `${at}.${key}`),
    )
  }
}

/** An object with the `required` members and perhaps the `optional` ones (null counts as absent); other members are ignored. */
export function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value, at) => {
    if (!isObject(value)) return { at, message: 'expected an object' }
    return (
      firstProblem(Object.entries(required), ([name, check]) => {
        const place = member(at, name)
        return name in value ? check(value[name], place) : { at: place, message: 'is required' }
      }) ??
      firstProblem(Object.entries(optional), ([name, check]) =>
        optionally(check)(value[name], member(at, name)),
      )
    )
  }
}

/** An object whose `type` names one of the given shapes. */
export function tagged(shapes: Readonly<Record<string, Check>>): Check {
  const known = oneOf(...Object.keys(shapes))
  return (value, at) => {
    if (!isObject(value)) return { at, message: 'expected an object' }
    const tag = value['type']
    return known(tag, member(at, 'type')) ?? shapes[String(tag)]?.(value, at)
  }
}

/** Passes what at least one check passes; otherwise says what the last one says. */
export function either(...checks: readonly Check[]): Check {
  return (value, at) => {
    const problems = checks.map((check) => check(value, at))
    return problems.includes(undefined) ? undefined : problems.at(-1)
  }
}

/** Passes an absent value and null. */
export function optionally(check: Check): Check {
  return (value, at) => (value === undefined || value === null ? undefined : check(value, at))
}

/** The first problem that `look` finds. */
export function firstProblem<Item>(
  items: readonly Item[],
  look: (item: Item, index: number) => Problem | undefined,
): Problem | undefined {
  for (const [index, item] of items.entries()) {
    const problem = look(item, index)
    if (problem) return problem
  }
  return undefined
}

function expecting(what: string, passes: (value: unknown) => boolean): Check {
  return (value, at) => (passes(value) ? undefined : { at, message: `expected ${what}` })
}

function member(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}
