import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { type ExpansionSources, expandText } from './expand.ts'
import { type ConfigNode, emptyMap, type MapEntry, type MapNode, type ScalarNode } from './node.ts'
import type { FileOrigin } from './origin.ts'
import type { Report } from './problems.ts'
import { reportSyntax } from './yaml-syntax.ts'

export interface YamlSource extends ExpansionSources {
  readonly text: string
  /** The path as messages show it. */
  readonly shownFile: string
  readonly report: Report
}

interface Walk {
  readonly source: YamlSource
  readonly document: Document.Parsed
  readonly targets: AliasTargets
  readonly originAt: (offset: number) => FileOrigin
  /** Nodes that may still be visited: aliases can make a short file stand for a huge tree. */
  nodesLeft: number
}

const deepest = 64
const mostNodes = 100_000

class TooBig extends Error {}

/**
 * Reads a configuration document. Reports what is not YAML, keys that are given twice, and expansions that fail, each
 * with its line and column. `undefined`: it cannot be understood at all.
 */
export function readYaml(source: YamlSource): MapNode | undefined {
  const lines = new LineCounter()
  const originAt = (offset: number): FileOrigin => {
    const { line, col } = lines.linePos(offset)
    return {
      kind: 'file',
      file: source.shownFile,
      line: Math.max(1, line),
      column: Math.max(1, col),
    }
  }
  const problem = (message: string, fix: string) =>
    source.report({ origin: originAt(0), path: '', message, fix })
  try {
    const document = parseYaml(source.text, lines)
    if (!reportSyntax(document, originAt, source.report)) return undefined
    const targets = findAliasTargets(document)
    return readRoot({ source, document, targets, originAt, nodesLeft: mostNodes })
  } catch (error) {
    // The parser recurses: what is nested by the ten thousand ends it with a RangeError.
    if (!(error instanceof TooBig || error instanceof RangeError)) throw error
    problem('too deeply nested, or too large once its aliases are followed', 'write less of it')
    return undefined
  }
}

function parseYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    prettyErrors: false, // the pretty form quotes lines of the file, and with them keys
    resolveKnownTags: false,
    stringKeys: true,
    logLevel: 'error',
  })
}

function readRoot(walk: Walk): MapNode | undefined {
  const { contents } = walk.document
  const root = contents === null ? undefined : readNode(walk, contents, '', 0)
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
    return emptyMap(walk.originAt(0))
  }
  if (root.kind === 'map') return root
  const message = 'expected keys and values at the top of the file'
  walk.source.report({ origin: root.origin, path: '', message, fix: 'write them as key: value' })
  return undefined
}

function readNode(walk: Walk, node: ParsedNode, path: string, depth: number): ConfigNode {
  walk.nodesLeft -= 1
  if (walk.nodesLeft < 0 || depth > deepest) throw new TooBig()
  const origin = walk.originAt(node.range[0])
  if (isMap(node)) return { kind: 'map', entries: readEntries(walk, node, path, depth), origin }
  if (isSeq(node)) {
    const items = node.items.map((item, at) => readNode(walk, item, `${path}[${at}]`, depth + 1))
    return { kind: 'list', items, origin }
  }
  if (isScalar(node)) return readScalar(walk, node, path)
  const anchored = isAlias(node) ? walk.targets.get(node) : undefined
  if (anchored !== undefined) return readNode(walk, anchored, path, depth + 1)
  const fix = 'define the anchor first, or quote the text'
  walk.source.report({ origin, path, message: 'an alias names no anchor above it', fix })
  return { kind: 'scalar', value: null, origin, failed: true }
}

type AliasTargets = ReadonlyMap<Alias, ParsedNode>

/** What every alias stands for: the last node above it that has its anchor. One pass, however many aliases there are. */
function findAliasTargets(document: Document.Parsed): AliasTargets {
  const anchors = new Map<string, ParsedNode>()
  const targets = new Map<Alias, ParsedNode>()
  visit(document, {
    Alias(_, alias) {
      const target = anchors.get(alias.source)
      if (target !== undefined) targets.set(alias, target)
    },
    Value(_, node) {
      if (node.anchor !== undefined && isParsed(node)) anchors.set(node.anchor, node)
    },
  })
  return targets
}

function isParsed(node: object): node is ParsedNode {
  return 'range' in node && Array.isArray(node.range)
}

function readEntries(
  walk: Walk,
  map: YAMLMap.Parsed,
  path: string,
  depth: number,
): ReadonlyMap<string, MapEntry> {
  const entries = new Map<string, MapEntry>()
  for (const pair of map.items) {
    if (!isScalar(pair.key)) continue // reported with the syntax
    const name = String(pair.key.value ?? '')
    const key = walk.originAt(pair.key.range[0])
    const inside = path === '' ? name : `${path}.${name}`
    const value: ConfigNode =
      pair.value === null
        ? { kind: 'scalar', value: null, origin: key }
        : readNode(walk, pair.value, inside, depth + 1)
    entries.set(name, { key, value })
  }
  return entries
}

function readScalar(walk: Walk, scalar: Scalar.Parsed, path: string): ScalarNode {
  const { value, range } = scalar
  const origin = walk.originAt(range[0])
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, origin }
  }
  if (typeof value !== 'string') return { kind: 'scalar', value: null, origin }
  if (!value.includes('${')) return { kind: 'scalar', value, origin }
  const expansion = expandText(value, walk.source)
  const written = walk.source.text.slice(range[0], range[1])
  for (const { occurrence, message, fix } of expansion.problems) {
    const offset = range[0] + offsetOf(written, occurrence)
    walk.source.report({ origin: walk.originAt(offset), path, message, fix })
  }
  const { text, through, variable, problems } = expansion
  return {
    kind: 'scalar',
    value: text,
    text: true,
    ...(problems.length === 0 ? {} : { failed: true }),
    origin: through.length === 0 ? origin : { ...origin, through: through.join(', ') },
    ...(variable === undefined ? {} : { variable }),
  }
}

/** Where the nth `${` stands in what was written; its start where escapes hide it. */
function offsetOf(written: string, occurrence: number): number {
  let offset = written.indexOf('${')
  for (let passed = 0; passed < occurrence && offset >= 0; passed += 1) {
    offset = written.indexOf('${', offset + 2)
  }
  return Math.max(0, offset)
}
