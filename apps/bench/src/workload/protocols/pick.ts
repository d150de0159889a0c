/** The value at a path into a JSON document; undefined where there is none. */
export function pick(document: unknown, ...path: readonly (string | number)[]): unknown {
  let value = document
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[key]
  }
  return value
}

/** The list at a path; none where there is no list. */
export function pickList(
  document: unknown,
  ...path: readonly (string | number)[]
): readonly unknown[] {
  const value = pick(document, ...path)
  return Array.isArray(value) ? value : []
}

/** The text at a path; what is there in JSON where it is none, so that it compares with nothing that is one. */
export function pickText(document: unknown, ...path: readonly (string | number)[]): string {
  const value = pick(document, ...path)
  return typeof value === 'string' ? value : `not a text: ${JSON.stringify(value)}`
}
