import type { JsonObject, JsonValue } from '@jackfield/core'

/** Takes down what is wrong, in words. */
export type Report = (violation: string) => void

export function isInteger(value: JsonValue | undefined): value is number {
  return Number.isInteger(value)
}

export function isFilledText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

/** Members that may be a text, null or absent. */
export function checkTexts(object: JsonObject, names: readonly string[], report: Report): void {
  for (const name of names) {
    const value = object[name]
    if (value !== undefined && value !== null && typeof value !== 'string') {
      report(`\`${name}\` is neither a string nor null`)
    }
  }
}
