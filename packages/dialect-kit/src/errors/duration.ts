const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
}

const piece = /^(\d+(?:\.\d+)?) ?([a-z]+)/

/**
 * Milliseconds of a duration at the start of a text, as providers write it: `20s`, `6m0s`, `120ms`, `1.5 seconds`.
 * A number without a unit is seconds. `undefined` where the text begins with none.
 */
export function parseDuration(text: string): number | undefined {
  const rest = text.trimStart().slice(0, 40).toLowerCase()
  return sumPieces(rest) ?? bareSeconds(rest)
}

function sumPieces(text: string): number | undefined {
  let total: number | undefined
  let rest = text
  for (let match = piece.exec(rest); match !== null; match = piece.exec(rest)) {
    const [all, amount, unit = ''] = match
    const factor = unitMs[unit]
    if (factor === undefined) return total
    total = (total ?? 0) + Number(amount) * factor
    rest = rest.slice(all.length)
  }
  return total
}

function bareSeconds(text: string): number | undefined {
  const seconds = Number.parseFloat(text)
  return Number.isNaN(seconds) ? undefined : seconds * 1000
}
