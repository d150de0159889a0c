import { isSecret } from '@jackfield/core'
import { stringify } from 'yaml'
import type { LoadedConfig } from './load.ts'
import type { ConfigNode, MapNode, ScalarNode } from './node.ts'
import { describeOrigin, type Origin } from './origin.ts'
import { formatProblem } from './problems.ts'

/**
 * The effective configuration as YAML, every value with a comment that says where it was given. Secrets are replaced, and
 * so is what looks like one: passwords in URLs, texts under names such as `token`.
 */
export function printConfig(loaded: LoadedConfig): string {
  const head = loaded.file === undefined ? 'no configuration file' : loaded.file
  const warnings = loaded.warnings.map((warning) => `# warning: ${formatProblem(warning)}`)
  const lines = printMap(loaded.effective, '')
  const width = Math.min(60, Math.max(...lines.map(({ text }) => text.length)))
  return [
    `# Effective configuration (${head})`,
    ...warnings,
    ...lines.map(({ text, origin }) =>
      origin === undefined ? text : `${text.padEnd(width)}  # ${describeOrigin(origin)}`,
    ),
    '',
  ].join('\n')
}

interface Line {
  readonly text: string
  readonly origin?: Origin
}

function printMap(map: MapNode, indent: string): readonly Line[] {
  return [...map.entries].flatMap(([name, { value }]) =>
    printMember(`${indent}${printText(name)}:`, value, { name, indent: `${indent}  ` }),
  )
}

interface Inside {
  /** The nearest key around the value. */
  readonly name: string
  readonly indent: string
}

function printMember(head: string, node: ConfigNode, inside: Inside): readonly Line[] {
  switch (node.kind) {
    case 'scalar':
      return [{ text: `${head} ${printScalar(node, inside.name)}`, origin: node.origin }]
    case 'map': {
      if (node.entries.size === 0) return [{ text: `${head} {}`, origin: node.origin }]
      return [{ text: head }, ...printMap(node, inside.indent)]
    }
    case 'list': {
      if (node.items.length === 0) return [{ text: `${head} []`, origin: node.origin }]
      return [{ text: head }, ...node.items.flatMap((item) => printItem(item, inside))]
    }
  }
}

function printItem(item: ConfigNode, { name, indent }: Inside): readonly Line[] {
  const nested = { name, indent: `${indent}  ` }
  if (item.kind === 'scalar' || item.kind === 'list') return printMember(`${indent}-`, item, nested)
  const [first, ...rest] = printMap(item, nested.indent)
  if (first === undefined) return [{ text: `${indent}- {}`, origin: item.origin }]
  return [{ ...first, text: `${indent}- ${first.text.trimStart()}` }, ...rest]
}

const redacted = "'[redacted]'"
// The first token of an answer is none of these.
const secretName = /key|(?<!first_)token|secret|password|credential|authorization|cookie/i

function printScalar({ value }: ScalarNode, name: string): string {
  if (isSecret(value)) return redacted
  if (typeof value !== 'string') return String(value)
  return secretName.test(name) ? redacted : printText(withoutPassword(value))
}

function withoutPassword(text: string): string {
  return text.replaceAll(/(:\/\/)[^/@\s]*@/g, '$1[redacted]@')
}

/** A text as one line of YAML, quoted where it must be. */
function printText(text: string): string {
  return /[\n\r]/.test(text)
    ? JSON.stringify(text)
    : stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd()
}
