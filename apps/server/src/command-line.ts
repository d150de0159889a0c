/** A flag that only one command has. */
export interface CommandFlag {
  /** With dashes. */
  readonly name: string
  /** What stands behind it, for the help; absent: it is a switch. */
  readonly value?: string
  readonly summary: string
}

/** A command line without the flags of one command. */
export interface SplitCommandLine {
  /** The flags by name; a switch has an empty text. The last one of a name counts. */
  readonly flags: ReadonlyMap<string, string>
  /** Everything else, in its order. */
  readonly rest: readonly string[]
  /** Flags that need a value and have none. */
  readonly incomplete: readonly string[]
}

/** Takes the flags of a command out of a command line, as `--name value` and as `--name=value`. Nothing behind `--` is a flag. */
export function splitCommandLine(
  argv: readonly string[],
  known: readonly CommandFlag[],
): SplitCommandLine {
  const end = argv.indexOf('--')
  const words = end < 0 ? [...argv] : argv.slice(0, end)
  const flags = new Map<string, string>()
  const rest: string[] = []
  const incomplete: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [name = '', inline] = cutAtSign(word)
    const flag = known.find((one) => one.name === name)
    if (flag === undefined) {
      rest.push(word)
      continue
    }
    const value = flag.value === undefined ? '' : (inline ?? takeValue(words))
    if (value === undefined) incomplete.push(name)
    else flags.set(name, value)
  }
  return { flags, rest: end < 0 ? rest : [...rest, ...argv.slice(end)], incomplete }
}

/** The value in the next word. What looks like the next flag is one, except `-`, which stands for standard input. */
function takeValue(words: string[]): string | undefined {
  const [next] = words
  return next === '-' || next?.startsWith('-') === false ? words.shift() : undefined
}

function cutAtSign(word: string): readonly string[] {
  const sign = word.indexOf('=')
  return sign < 0 ? [word] : [word.slice(0, sign), word.slice(sign + 1)]
}
