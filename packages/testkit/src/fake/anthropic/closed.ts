import { type Check, isObject, shape } from '../strict/shape.ts'

/**
 * An object with the `required` members, perhaps the `optional` ones (null counts as absent), and no other: Anthropic refuses
 * members that it does not know.
 */
export function closed(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const known = shape(required, optional)
  return (value, at) => {
    const problem = known(value, at)
    if (problem || !isObject(value)) return problem
    const extra = Object.keys(value).find((name) => !(name in required) && !(name in optional))
    return extra === undefined ? undefined : { at: `${at}.${extra}`, message: extraInputs }
  }
}

/** What Anthropic says of a member that it does not know. */
export const extraInputs = 'Extra inputs are not permitted'

/** As {@link closed}, for one of several kinds of object: `type` is known to be right. */
export function closedKind(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return closed({ type: () => undefined, ...required }, optional)
}
