import type { Arguments } from '../commands/command.ts'
import { isBlank, isDigit, isLetter, isLineFeed, skipBlanks, type TextRange } from './characters.ts'
import { Nesting } from './nesting.ts'

/** A command as it is written. */
export interface WrittenCommand extends TextRange {
  readonly name: string
  readonly args: Arguments
  /** It has parentheses. */
  readonly hasParentheses: boolean
}

/** What stands at a place: a command, one whose parenthesis is not closed on its line, or neither. */
export type CommandReading =
  | { readonly is: 'command'; readonly command: WrittenCommand }
  | { readonly is: 'unclosed'; readonly name: string; readonly start: number }
  | { readonly is: 'nothing' }

const nothing: CommandReading = { is: 'nothing' }

/** Longest text between parentheses. */
const maxArguments = 2_000

/**
 * Reads `prefix name` or `prefix name(arguments)` at the start of a range. Behind a bare name stands white space or the end. What stands
 * before it is the caller's affair.
 */
export function readCommand(
  text: string,
  prefix: string,
  { start, end }: TextRange,
): CommandReading {
  if (!text.startsWith(prefix, start)) return nothing
  const nameStart = start + prefix.length
  const nameEnd = readName(text, nameStart, end)
  if (nameEnd === nameStart) return nothing
  const name = text.slice(nameStart, nameEnd)
  if (text[nameEnd] !== '(' || nameEnd >= end) {
    if (!isBoundary(text, nameEnd, end)) return nothing
    const args = { positional: [], named: new Map<string, string>() }
    return {
      is: 'command',
      command: { start, end: nameEnd, name, args, hasParentheses: false },
    }
  }
  const close = findClosing(text, nameEnd, Math.min(end, nameEnd + maxArguments))
  if (close === -1) return { is: 'unclosed', name, start }
  const args = readArguments(text.slice(nameEnd + 1, close))
  return { is: 'command', command: { start, end: close + 1, name, args, hasParentheses: true } }
}

/** Letters, digits, `-` and `_`, beginning with a letter. */
function readName(text: string, start: number, end: number): number {
  if (start >= end || !isLetter(text.charCodeAt(start))) return start
  let at = start + 1
  while (at < end && isNameCharacter(text.charCodeAt(at))) at += 1
  return at
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x2d || code === 0x5f
}

function isBoundary(text: string, at: number, end: number): boolean {
  return at >= end || isBlank(text, at) || isLineFeed(text, at)
}

/** Place of the parenthesis that closes the one at `start`; -1 where none does. Quoted brackets do not count. */
function findClosing(text: string, start: number, end: number): number {
  const nesting = new Nesting()
  for (let at = start; at < end; ) {
    const next = nesting.step(text, at)
    if (nesting.depth === 0 && !nesting.isQuoted) return at
    at = next
  }
  return -1
}

/** Parts between commas that stand in no brackets and quotes. */
function readArguments(text: string): Arguments {
  const positional: string[] = []
  const named = new Map<string, string>()
  for (const part of splitAtCommas(text)) {
    const [, name, value] = /^\s*([A-Za-z][\w-]*)\s*=(.*)$/s.exec(part) ?? []
    if (name !== undefined && value !== undefined) {
      named.set(name.toLowerCase().replaceAll('_', '-'), unquoted(value.trim()))
    } else if (part.trim() !== '') positional.push(unquoted(part.trim()))
  }
  return { positional, named }
}

function splitAtCommas(text: string): readonly string[] {
  const nesting = new Nesting()
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length; ) {
    const isEnd = text[at] === ',' && nesting.depth === 0 && !nesting.isQuoted
    if (isEnd) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
    at = nesting.step(text, at)
  }
  return [...parts, text.slice(start)]
}

/** A value without its quotes, in which a backslash stands before what it makes ordinary. */
function unquoted(text: string): string {
  const quote = text[0]
  const isQuoted =
    (quote === '"' || quote === "'") && text.length > 1 && text[text.length - 1] === quote
  const inside = isQuoted ? text.slice(1, -1) : text
  return inside.replace(/\\([\\"'(),[\]{}])/g, '$1')
}

/** Reads commands from `start` on, one behind the other, up to the first thing that is none. */
export function readCommands(
  text: string,
  prefixes: readonly string[],
  { start, end }: TextRange,
): {
  readonly commands: readonly WrittenCommand[]
  readonly end: number
  readonly unclosed?: string
} {
  const commands: WrittenCommand[] = []
  let at = skipBlanks(text, start, end)
  while (at < end) {
    const reading = readAny(text, prefixes, { start: at, end })
    if (reading.is === 'unclosed') return { commands, end: at, unclosed: reading.name }
    if (reading.is === 'nothing') return { commands, end: at }
    commands.push(reading.command)
    at = skipBlanks(text, reading.command.end, end)
  }
  return { commands, end: at }
}

function readAny(text: string, prefixes: readonly string[], range: TextRange): CommandReading {
  for (const prefix of prefixes) {
    const reading = readCommand(text, prefix, range)
    if (reading.is !== 'nothing') return reading
  }
  return nothing
}

/** Places in one line from which commands are looked for at its end: more are no words of a person. */
const maxPlaces = 32

/** The commands that a range ends with, behind white space: the longest row of which all are accepted. */
export function findTrailingCommands(
  text: string,
  prefixes: readonly string[],
  {
    range,
    accepts,
  }: { readonly range: TextRange; readonly accepts: (command: WrittenCommand) => boolean },
): readonly WrittenCommand[] {
  for (const start of placesBehindBlanks(text, prefixes, range)) {
    const { commands, end } = readCommands(text, prefixes, { start, end: range.end })
    if (end >= range.end && commands.every(accepts)) return commands
  }
  return []
}

/** Where a prefix stands behind white space, in their order, the last ones only. */
function placesBehindBlanks(
  text: string,
  prefixes: readonly string[],
  { start, end }: TextRange,
): readonly number[] {
  const places = prefixes.flatMap((prefix) => {
    const own: number[] = []
    let at = text.lastIndexOf(prefix, end)
    while (at > start && own.length < maxPlaces) {
      if (isBlank(text, at - 1)) own.push(at)
      at = text.lastIndexOf(prefix, at - 1)
    }
    return own
  })
  return [...new Set(places)].toSorted((one, other) => one - other).slice(-maxPlaces)
}
