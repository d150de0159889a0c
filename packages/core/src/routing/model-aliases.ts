import { RE2JS } from 're2js'
import { BoundedMap } from '../bounded-map.ts'

/** A rule that gives a model another name before it is routed. */
export interface ModelAlias {
  /** RE2 syntax; matches anywhere unless anchored with `^` and `$`. */
  readonly pattern: string
  /** A selector for the part that matches. `\1` to `\9` are the pattern's groups, `\0` all that matches, `\\` a backslash. */
  readonly replacement: string
}

/** A name that a rule changed. */
export interface Renamed {
  readonly name: string
  /** Place of the rule in the list, from 0. */
  readonly rule: number
}

/** Names whose fate is remembered, so that the number of rules costs nothing. */
const maxRemembered = 1_000

/** Names come from clients: one longer than any real one is not remembered. */
const maxRememberedLength = 256

/** Ordered rules of which the first that matches counts. Matching takes time linear in the name. */
export class ModelAliases {
  readonly #rules: readonly Rule[]
  readonly #remembered = new BoundedMap<string, Renamed | null>(maxRemembered)

  /** Throws `TypeError` with what is wrong with a rule, in words that name its number. */
  constructor(aliases: readonly ModelAlias[]) {
    this.#rules = aliases.map((alias, index) => {
      const problem = modelAliasProblem(alias)
      if (problem !== undefined) throw new TypeError(`Rule ${index + 1}: ${problem}`)
      return compile(alias)
    })
  }

  /** The name with what the first matching rule makes of it; `undefined` where none matches. */
  rename(name: string): Renamed | undefined {
    const known = this.#remembered.get(name)
    if (known !== undefined) return known ?? undefined
    const renamed = this.#find(name)
    if (name.length <= maxRememberedLength) this.#remembered.set(name, renamed ?? null)
    return renamed
  }

  #find(name: string): Renamed | undefined {
    for (const [rule, { pattern, pieces }] of this.#rules.entries()) {
      const matcher = pattern.matcher(name)
      if (!matcher.find()) continue
      const middle = pieces.map((piece) =>
        typeof piece === 'string' ? piece : (matcher.group(piece) ?? ''),
      )
      const behind = name.slice(matcher.end())
      return { name: `${name.slice(0, matcher.start())}${middle.join('')}${behind}`, rule }
    }
    return undefined
  }
}

interface Rule {
  readonly pattern: RE2JS
  /** Texts, and numbers of groups. */
  readonly pieces: readonly (string | number)[]
}

function compile({ pattern, replacement }: ModelAlias): Rule {
  return { pattern: RE2JS.compile(pattern), pieces: readReplacement(replacement) }
}

/** What is wrong with a rule, in a sentence; `undefined` for a good one. */
export function modelAliasProblem({ pattern, replacement }: ModelAlias): string | undefined {
  try {
    const groups = RE2JS.compile(pattern).groupCount()
    const numbers = readReplacement(replacement).filter((piece) => typeof piece === 'number')
    const missing = numbers.find((group) => group > groups)
    if (missing === undefined) return undefined
    const has = groups === 0 ? 'no groups' : `only ${groups} group${groups === 1 ? '' : 's'}`
    return `The replacement uses \\${missing}, but the pattern has ${has}.`
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return `The pattern is not a regular expression as RE2 has them: ${reason}.`
  }
}

/** Cuts a replacement at its `\1`. A backslash before anything else stands for itself. */
function readReplacement(text: string): (string | number)[] {
  return text
    .split(/(\\[0-9\\])/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === '\\\\') return '\\'
      return /^\\[0-9]$/.test(piece) ? Number(piece.slice(1)) : piece
    })
}
