import { skipSpaces, skipSpacesBack, type TextRange } from './characters.ts'
import { layOut, type Piece } from './layout.ts'
import { findTrailingCommands, readCommands, type WrittenCommand } from './read-command.ts'

/** What a name is to us. `value`: a command that says something only with a value. */
export type NameKind = 'unknown' | 'plain' | 'value'

/** What decides whether a word behind a prefix is a command. */
export interface CommandRules {
  /** The longest first, so that one which begins with another is read as itself. */
  readonly prefixes: readonly string[]
  /** Only before the first word of the text. */
  readonly isStrict: boolean
  kindOf(name: string): NameKind
  /** The kind of the command that a name may have been meant for. */
  nearKindOf(name: string): NameKind
}

/** A command that cannot be meant as it is written. `bare`: its value stands behind it without parentheses. */
export interface Mistake {
  readonly name: string
  readonly is: 'unknown' | 'unclosed' | 'bare'
}

/** What stands in one text of a person. */
export interface TextFindings {
  /** In their order. */
  readonly commands: readonly WrittenCommand[]
  readonly mistakes: readonly Mistake[]
  /** Words alone on their line that are a mistake only where nothing else was written. */
  readonly doubtful: readonly Mistake[]
  /** What is to be taken out, in order. */
  readonly cuts: readonly TextRange[]
  /** A person's words are left. */
  readonly hasWords: boolean
  /** There is context that an agent added. */
  readonly hasContext: boolean
  /** All that a person wrote, commands and words, and the transparent tags around it. */
  readonly own: readonly TextRange[]
}

/**
 * Finds the commands of a text: on lines of their own, before its first words, and behind its last words. Never in code, in quotes, and
 * in what agents add between tags. Takes time linear in the text, and depends on nothing but its arguments.
 */
export function findCommands(text: string, rules: CommandRules): TextFindings {
  const lines = readLines(text, rules)
  const words = lines.filter(({ is }) => is === 'words')
  const front = leading(text, lines, rules)
  const last = words.at(-1)
  const from = front !== undefined && last === words[0] ? front.end : last?.piece.start
  const back = rules.isStrict ? undefined : trailing(text, last, { from, rules })
  const found = lines.filter(({ is }) => is === 'commands' || is === 'mistake')
  const edges = [front, back].filter((edge) => edge !== undefined)
  const own = lines.filter(({ is, piece }) => is !== 'context' && piece.kind !== 'blank')
  return {
    commands: [...found, ...edges]
      .flatMap(({ commands }) => commands)
      .toSorted((one, other) => one.start - other.start),
    mistakes: [...found, ...edges].flatMap(({ mistakes }) => mistakes),
    doubtful: lines.flatMap(({ is, mistakes }) => (is === 'doubtful' ? mistakes : [])),
    cuts: tidy(text, [
      ...found.map(({ piece }) => wholeLine(text, piece)),
      ...edges.map(({ cut }) => cut),
    ]),
    hasWords: words.length > 0,
    hasContext: lines.some(({ is }) => is === 'context'),
    own: tidy(
      text,
      own.map(({ piece }) => wholeLine(text, piece)),
    ),
  }
}

/** A piece of a text, and what it is to us. `words` may be code. */
interface Line {
  readonly is: 'nothing' | 'context' | 'words' | 'commands' | 'mistake' | 'doubtful'
  readonly piece: Piece
  readonly commands: readonly WrittenCommand[]
  readonly mistakes: readonly Mistake[]
}

/** The lines of a text. What a line is depends on whether words stand before it. */
function readLines(text: string, rules: CommandRules): readonly Line[] {
  let isFront = true
  return layOut(text, rules.prefixes).map((piece) => {
    const line = readLine(text, piece, { rules, isFront })
    if (line.is === 'words' || line.is === 'doubtful') isFront = false
    return line
  })
}

interface Place {
  readonly rules: CommandRules
  /** No words stand before it. */
  readonly isFront: boolean
}

const none: readonly never[] = []

function readLine(text: string, piece: Piece, place: Place): Line {
  const rest = { piece, commands: none, mistakes: none }
  switch (piece.kind) {
    case 'blank':
    case 'tag':
      return { is: 'nothing', ...rest }
    case 'context':
      return { is: 'context', ...rest }
    case 'opaque':
      return { is: 'words', ...rest }
    case 'line':
      return { ...rest, ...readWords(text, piece, place) }
    case 'code-end':
      return { is: 'words', ...rest }
  }
}

/** A line of a person: commands and nothing else, or words. */
function readWords(text: string, piece: Piece, place: Place): Pick<Line, 'is'> & Partial<Line> {
  const { rules, isFront } = place
  if (rules.isStrict && !isFront) return { is: 'words' }
  const { commands, end, unclosed } = readCommands(text, rules.prefixes, piece)
  if (unclosed !== undefined && commands.length === 0) {
    const isMeant = isCommand({ name: unclosed, hasParentheses: true }, place)
    return isMeant
      ? { is: 'mistake', mistakes: [{ name: unclosed, is: 'unclosed' }] }
      : { is: 'words' }
  }
  if (end < piece.end || commands.length === 0) return { is: 'words' }
  const known = commands.filter(({ name }) => rules.kindOf(name) !== 'unknown')
  if (!known.every((command) => isCommand(command, place))) return { is: 'words' }
  if (known.length === commands.length) return { is: 'commands', commands }
  const unknown = commands.filter(({ name }) => rules.kindOf(name) === 'unknown')
  const mistakes = unknown.map(({ name }) => ({ name, is: 'unknown' as const }))
  const isMeant = unknown.some((command) => command.hasParentheses || isCommand(command, place))
  return { is: isMeant || known.length > 0 ? 'mistake' : 'doubtful', mistakes }
}

/**
 * Whether a name is meant as a command, or may be. A bare name of one that takes a value is meant only before any words: lists of
 * ignored files have such lines.
 */
function isCommand(
  { name, hasParentheses }: Pick<WrittenCommand, 'name' | 'hasParentheses'>,
  { rules, isFront }: Place,
): boolean {
  const own = rules.kindOf(name)
  const kind = own === 'unknown' ? rules.nearKindOf(name) : own
  return kind === 'plain' || (kind === 'value' && (hasParentheses || isFront))
}

/** Commands on a line that has words too. */
interface Edge {
  readonly commands: readonly WrittenCommand[]
  readonly mistakes: readonly Mistake[]
  readonly cut: TextRange
  /** Where the commands end. */
  readonly end: number
}

/** Commands before the first words. */
function leading(text: string, lines: readonly Line[], rules: CommandRules): Edge | undefined {
  const line = lines.find(({ is }) => is === 'words' || is === 'doubtful')
  if (line?.is !== 'words' || line.piece.kind !== 'line') return undefined
  const { piece } = line
  const { commands } = readCommands(text, rules.prefixes, piece)
  const other = commands.findIndex(({ name }) => rules.kindOf(name) === 'unknown')
  const known = other < 0 ? commands : commands.slice(0, other)
  const last = known.at(-1)
  if (last === undefined) return undefined
  const bare = known.filter(
    (command) => !command.hasParentheses && rules.kindOf(command.name) === 'value',
  )
  return {
    commands: known,
    mistakes: bare.map(({ name }) => ({ name, is: 'bare' })),
    cut: { start: piece.start, end: skipSpaces(text, last.end, piece.end) },
    end: last.end,
  }
}

/** Commands behind the last words. */
function trailing(
  text: string,
  line: Line | undefined,
  { from = 0, rules }: { readonly from: number | undefined; readonly rules: CommandRules },
): Edge | undefined {
  if (line?.is !== 'words' || line.piece.kind === 'opaque') return undefined
  const { end, codeEnd = 0 } = line.piece
  const isMeant = (command: WrittenCommand) => isCommand(command, { rules, isFront: false })
  const commands = findTrailingCommands(text, rules.prefixes, {
    range: { start: Math.max(from, codeEnd), end },
    accepts: (command) => rules.kindOf(command.name) !== 'unknown' && isMeant(command),
  })
  const [first] = commands
  if (first === undefined) return undefined
  return {
    commands,
    mistakes: none,
    cut: { start: skipSpacesBack(text, first.start, from), end },
    end,
  }
}

/** A line with its line feed. */
function wholeLine(text: string, { start, end }: TextRange): TextRange {
  return { start, end: text[end] === '\n' ? end + 1 : end }
}

/** Joins cuts, and takes white space with them where they reach an end of the text. */
function tidy(text: string, cuts: readonly TextRange[]): readonly TextRange[] {
  const joined: TextRange[] = []
  for (const cut of cuts.toSorted((one, other) => one.start - other.start)) {
    const last = joined.at(-1)
    const isNext = last !== undefined && skipSpaces(text, last.end, cut.start) >= cut.start
    if (isNext) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, cut.end) }
    else joined.push(cut)
  }
  return joined.map(({ start, end }) => {
    const isFirst = skipSpacesBack(text, start, 0) === 0
    const isLast = skipSpaces(text, end, text.length) === text.length
    return {
      start: isFirst ? 0 : isLast ? skipSpacesBack(text, start, 0) : start,
      end: isLast
        ? text.length
        : isFirst
          ? skipBlankLines(text, end)
          : lineEndBefore(text, start, end),
    }
  })
}

/** The end of a cut that begins behind words: what stands on the next line stays there. */
function lineEndBefore(text: string, start: number, end: number): number {
  return text[start - 1] !== '\n' && text[end - 1] === '\n' ? end - 1 : end
}

/** The first line from `at` on that is not blank, with its indentation, which code needs; on the line at hand its first word. */
function skipBlankLines(text: string, at: number): number {
  const first = skipSpaces(text, at, text.length)
  const lineFeed = text.lastIndexOf('\n', first - 1)
  return lineFeed >= at - 1 ? lineFeed + 1 : first
}
