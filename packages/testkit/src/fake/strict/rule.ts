import { type Check, optionally, type Problem } from './shape.ts'

/** A body that was parsed and is an object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** One thing that a strict provider refuses a request for. */
export interface Rule {
  /** Where the wire fact stands. */
  readonly cites: string
  /** What is wrong with the body, if this rule finds anything. */
  check(body: JsonObject): Problem | undefined
}

/** A rule about one optional top-level field. */
export function field(name: string, check: Check, cites: string): Rule {
  return { cites, check: (body) => optionally(check)(body[name], name) }
}

/** A rule about one top-level field that must be there. */
export function requiredField(name: string, check: Check, cites: string): Rule {
  return {
    cites,
    check: (body) =>
      name in body ? check(body[name], name) : { at: name, message: 'is required' },
  }
}

/** A rule that a field may only be there when `allowed`. */
export function onlyWhen(
  name: string,
  allowed: (body: JsonObject) => boolean,
  condition: { readonly message: string; readonly cites: string },
): Rule {
  const { message, cites } = condition
  return {
    cites,
    check: (body) =>
      body[name] === undefined || body[name] === null || allowed(body)
        ? undefined
        : { at: name, message },
  }
}
