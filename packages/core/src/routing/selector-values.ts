/** A whole number from 1 to 999,999,999. */
export function readPositiveInteger(text: string): number | undefined {
  if (!/^[0-9]{1,9}$/.test(text)) return undefined
  const value = Number(text)
  return value > 0 ? value : undefined
}

/** A number from 0 to `max`, as `2`, `0.5`, `.5` or `5e-1`. */
export function readDecimal(text: string, max: number): number | undefined {
  if (!/^[0-9.][0-9.e-]*$/i.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}

const dayInSeconds = 86_400

/** Seconds from 0 to a day, as whole milliseconds. */
export function readMilliseconds(text: string): number | undefined {
  const seconds = readDecimal(text, dayInSeconds)
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}
