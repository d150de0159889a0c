import { type Check, shape } from '../strict/shape.ts'

/** An object with the `required` members, perhaps the `optional` ones, and no others; `type` may always be there. */
export function closed(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const known = new Set(['type', ...Object.keys(required), ...Object.keys(optional)])
  const members = shape(required, optional)
  return (value, at) => {
    const problem = members(value, at)
    if (problem) return problem
    const unknown = Object.keys(Object(value)).find((name) => !known.has(name))
    return unknown === undefined
      ? undefined
      : { at: `${at}.${unknown}`, message: 'is not a known member' }
  }
}
