import { createHash } from 'node:crypto'

/** Which names or ids a protocol takes. */
export interface NameRule {
  /** Matches a legal name whole, anchored or not. It must allow letters, and digits and `_` behind one. */
  readonly pattern: RegExp
  /** In UTF-16 code units; at least 32. */
  readonly maxLength: number
}

const hashLength = 10

/** Whether a name can be sent as it is. */
export function isLegalName(name: string, { pattern, maxLength }: NameRule): boolean {
  return name.length <= maxLength && isMatch(name, pattern)
}

/**
 * A legal name for one that is not: illegal characters become `_`, and a hash of the whole keeps names apart that would look alike.
 * `round` makes another one, where that name is taken.
 */
export function makeLegalName(name: string, rule: NameRule, round = 0): string {
  const suffix = `_${hashOf(name, round)}`
  const readable = [...name]
    .map((unit) => (isMatch(`a${unit}`, rule.pattern) ? unit : '_'))
    .join('')
  const start = isMatch(readable.slice(0, 1), rule.pattern) ? '' : 'n'
  return `${start}${readable}`.slice(0, rule.maxLength - suffix.length) + suffix
}

/** `match` instead of `test`: it does not care where a global pattern stopped before. */
function isMatch(name: string, pattern: RegExp): boolean {
  return name.match(pattern)?.[0] === name
}

function hashOf(name: string, round: number): string {
  const salt = round === 0 ? '' : `${round}:`
  return createHash('sha256')
    .update(salt)
    .update(name, 'utf16le')
    .digest('hex')
    .slice(0, hashLength)
}
