import { dirname, resolve } from 'node:path'
import { quoteName } from './names.ts'
import { decodeText, type ReadFile, readFailure } from './source-files.ts'

/** Where expansions take their text from. */
export interface ExpansionSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: ReadFile
  /** The configuration file: `${file:…}` counts from its folder. */
  readonly file: string
}

export interface Expansion {
  readonly text: string
  /** What was put in, for showing where a value came from: `environment NAME`, `file path`. */
  readonly through: readonly string[]
  /** The variable, if the text is nothing but its value. */
  readonly variable?: string
  readonly problems: readonly ExpansionProblem[]
}

interface ExpansionProblem {
  /** Which `${` of the text, counted from 0, escaped ones included. */
  readonly occurrence: number
  readonly message: string
  readonly fix: string
}

type Part = { readonly text: string; readonly through?: string; readonly variable?: string }
type Failure = Omit<ExpansionProblem, 'occurrence'>

/** Replaces `${env:NAME}` and `${file:path}` in a text. `$${` stands for `${`. What is put in is not expanded again. */
export function expandText(text: string, sources: ExpansionSources): Expansion {
  const parts: Part[] = []
  const problems: ExpansionProblem[] = []
  let rest = text
  for (let occurrence = 0; rest !== ''; occurrence += 1) {
    const start = rest.indexOf('${')
    if (start < 0) break
    if (rest[start - 1] === '$') {
      parts.push({ text: `${rest.slice(0, start - 1)}\${` })
      rest = rest.slice(start + 2)
      continue
    }
    if (start > 0) parts.push({ text: rest.slice(0, start) })
    const { length, result } = readExpansion(rest.slice(start), sources)
    if ('message' in result) problems.push({ occurrence, ...result })
    else parts.push(result)
    rest = rest.slice(start + length)
  }
  if (rest !== '') parts.push({ text: rest })
  return { ...joinParts(parts), problems }
}

function joinParts(parts: readonly Part[]): Omit<Expansion, 'problems'> {
  const variable = parts.length === 1 ? parts[0]?.variable : undefined
  return {
    text: parts.map((part) => part.text).join(''),
    through: parts.flatMap((part) => part.through ?? []),
    ...(variable === undefined ? {} : { variable }),
  }
}

function readExpansion(
  text: string,
  sources: ExpansionSources,
): { readonly length: number; readonly result: Part | Failure } {
  const end = text.indexOf('}')
  if (end < 0) {
    const fix = `close it with }, or write $\${ for a plain \${`
    return { length: text.length, result: { message: 'an expansion has no end', fix } }
  }
  return { length: end + 1, result: takeText(text.slice(2, end), sources) }
}

function takeText(inside: string, sources: ExpansionSources): Part | Failure {
  if (inside.startsWith('env:')) return takeVariable(inside.slice(4).trim(), sources)
  if (inside.startsWith('file:')) return takeFile(inside.slice(5).trim(), sources)
  return {
    message: `an expansion is neither \${env:NAME} nor \${file:path}`,
    fix: `write \${env:NAME} or \${file:path}, or $\${ for a plain \${`,
  }
}

function takeVariable(name: string, { env }: ExpansionSources): Part | Failure {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return {
      message: `\${env:…} does not name a variable`,
      fix: `write the name of an environment variable, such as \${env:OPENAI_API_KEY}`,
    }
  }
  const text = Object.hasOwn(env, name) ? env[name] : undefined
  if (text !== undefined) return { text, through: `environment ${name}`, variable: name }
  return {
    message: `the variable ${quoteName(name)} is not set`,
    fix: `set it, or remove \${env:…}`,
  }
}

function takeFile(name: string, { file, readFile }: ExpansionSources): Part | Failure {
  const fix = 'give the path of a readable file; it counts from the folder of the configuration'
  if (name === '') return { message: `\${file:} names no file`, fix }
  try {
    const text = decodeText(readFile(resolve(dirname(file), name)))
    if (text === undefined) return { message: `the file ${quoteName(name)} is not UTF-8 text`, fix }
    // Files of secrets usually end with a line break that is not part of the secret.
    return { text: text.replace(/\r?\n$/, ''), through: `file ${quoteName(name)}` }
  } catch (error) {
    return { message: `the file ${quoteName(name)} cannot be read: ${readFailure(error)}`, fix }
  }
}
