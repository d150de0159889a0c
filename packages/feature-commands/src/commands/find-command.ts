import type { Command } from './command.ts'
import { normal } from './settings.ts'

/** Letters that may be wrong in a name that was meant. */
const maxDistance = 2

/** The command of a name, in whatever case, with `_` for `-`. */
export function findCommand(name: string, commands: readonly Command[]): Command | undefined {
  const wanted = normal(name)
  return commands.find((command) => namesOf(command).includes(wanted))
}

/** Names of commands that may have been meant, the nearest first, at most three. */
export function nearNames(name: string, commands: readonly Command[]): readonly string[] {
  const wanted = normal(name)
  return commands
    .flatMap(namesOf)
    .map((known) => ({ known, distance: distanceOf(wanted, known) }))
    .filter(({ known, distance }) => distance <= tolerated(known))
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ known }) => known)
}

/** In short names one wrong letter makes another word. */
function tolerated({ length }: string): number {
  if (length <= 4) return 0
  return length <= 6 ? 1 : maxDistance
}

function namesOf({ name, aliases = [] }: Command): readonly string[] {
  return [name, ...aliases]
}

/** Insertions, deletions and replacements between two words; a large number where their lengths say that there are many. */
function distanceOf(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > maxDistance) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= other.length; to += 1) {
      const change = one[at - 1] === other[to - 1] ? 0 : 1
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + change))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
