import type { JsonValue, Usage } from '@jackfield/core'

/** A count as providers report it; `undefined` for `null`, negative numbers and everything that is none. */
export function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Sum of the counts that were reported; `undefined` where none was: missing is not zero. */
export function sumOf(...counts: readonly (number | undefined)[]): number | undefined {
  const told = counts.filter((count) => count !== undefined)
  return told.length === 0 ? undefined : told.reduce((sum, count) => sum + count, 0)
}

/** Usage of the members that were reported; `undefined` where nothing was counted. */
export function usageOf(
  counts: {
    readonly [Name in keyof Usage]?: Usage[Name] | undefined
  },
): Usage | undefined {
  const told = Object.entries(counts).filter(([, count]) => count !== undefined)
  return told.some(([name]) => name !== 'extra') ? Object.fromEntries(told) : undefined
}
