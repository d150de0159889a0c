import type { Command } from './command.ts'
import { normal } from './settings.ts'

/** Letters that may be wrong in a name that was meant. */
const maxDistance = 2

/** The command of a name, in whatever case, with `_` for `-`. */
export function findCommand(name: string, commands: readonly Command[]): Command | undefined {
  return indexOf(commands).get(normal(name))?.command
}

/** Names of commands that may have been meant, the nearest first, at most three. */
export function nearNames(name: string, commands: readonly Command[]): readonly string[] {
  const wanted = normal(name)
  const letters = lettersOf(wanted)
  const near: { readonly known: string; readonly distance: number }[] = []
  for (const [known, entry] of indexOf(commands)) {
    if (Math.abs(wanted.length - known.length) > entry.tolerated) continue
    // One change takes one letter away and brings another one.
    if (differences(letters, entry.letters) > 2 * entry.tolerated) continue
    const distance = distanceOf(wanted, known)
    if (distance <= entry.tolerated) near.push({ known, distance })
  }
  return near
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ known }) => known)
}

interface Entry {
  readonly command: Command
  /** The letters of the name, a bit for each. */
  readonly letters: number
  /** How many letters may be wrong. */
  readonly tolerated: number
}

type Index = ReadonlyMap<string, Entry>

const indexes = new WeakMap<readonly Command[], Index>()

/** The commands by their names and aliases. */
function indexOf(commands: readonly Command[]): Index {
  const present = indexes.get(commands)
  if (present !== undefined) return present
  const index: Index = new Map(
    commands.flatMap((command) =>
      [command.name, ...(command.aliases ?? [])].map((name) => {
        const entry = { command, letters: lettersOf(name), tolerated: tolerated(name) }
        return [name, entry] as const
      }),
    ),
  )
  indexes.set(commands, index)
  return index
}

/** In short names one wrong letter makes another word. */
function tolerated({ length }: string): number {
  if (length <= 4) return 0
  return length <= 6 ? 1 : maxDistance
}

function lettersOf(name: string): number {
  let letters = 0
  for (let at = 0; at < name.length; at += 1) letters |= 1 << (name.charCodeAt(at) & 31)
  return letters
}

/** Letters that are in one of two names only. */
function differences(one: number, other: number): number {
  let count = 0
  for (let rest = one ^ other; rest !== 0; rest &= rest - 1) count += 1
  return count
}

/** Insertions, deletions, replacements and exchanges of neighbours between two words. */
function distanceOf(one: string, other: string): number {
  let above: readonly number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= other.length; to += 1) {
      const change = one[at - 1] === other[to - 1] ? 0 : 1
      const isExchange = one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1]
      next.push(
        Math.min(
          (row[to] ?? 0) + 1,
          (next[to - 1] ?? 0) + 1,
          (row[to - 1] ?? 0) + change,
          isExchange ? (above[to - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    above = row
    row = next
  }
  return row.at(-1) ?? 0
}
