import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { nearestName, quoteName } from './names.ts'
import {
  type ConfigNode,
  emptyMap,
  type ListNode,
  type MapNode,
  mapAt,
  mergeMaps,
  type ScalarNode,
} from './node.ts'
import { builtIn, type FlagOrigin } from './origin.ts'
import { typesOf } from './schema-node.ts'
import { type Setting, settingPath, settings } from './settings.ts'
import { type Shaping, shapeNode } from './shape.ts'

/** What a command line says. */
export interface CommandLine {
  /** The settings among the flags. */
  readonly layer: MapNode
  /** What `--config` names. */
  readonly config?: string
  readonly help: boolean
  readonly version: boolean
  /** The arguments that are no flags: a command. */
  readonly words: readonly string[]
}

const configFlag = '--config'
const helpFlags = ['--help', '-h']
const versionFlags = ['--version', '-v']
const options = parserOptions()

/** Reads a command line (without the program's own name). Unknown, incomplete and contradicting flags are reported. */
export function readFlags(argv: readonly string[], shaping: Shaping): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false, // it would stop at the first unknown flag
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, ScalarNode[]>()
  const words: string[] = []
  let afterUnknown = false
  for (const token of tokens) {
    if (token.kind === 'positional' && !afterUnknown) words.push(token.value)
    afterUnknown = token.kind === 'option' && !readToken(token, given, shaping)
  }
  const config = given.get(configFlag)
  if (config !== undefined) reportContradiction('', config, shaping)
  const file = config?.[0]?.value
  return {
    layer: settingsLayer(given, shaping),
    ...(typeof file === 'string' ? { config: file } : {}),
    help: helpFlags.some((flag) => given.has(flag)),
    version: versionFlags.some((flag) => given.has(flag)),
    words,
  }
}

function parserOptions(): ParseArgsOptionsConfig {
  const known: ParseArgsOptionsConfig = {
    config: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  }
  for (const setting of settings) {
    const type = isSwitch(setting) ? 'boolean' : 'string'
    for (const flag of setting.flags) known[flag.slice(2)] = { type, multiple: true }
  }
  return known
}

/** Whether a flag stands for `true` by itself. */
export function isSwitch(setting: Setting): boolean {
  return typesOf(setting.schema).includes('boolean')
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

/** Takes one flag. Returns whether it is known, since the word after an unknown one may be its value. */
function readToken(
  token: OptionToken,
  given: Map<string, ScalarNode[]>,
  shaping: Shaping,
): boolean {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
  if (option === undefined) {
    reportUnknown(token.rawName, shaping)
    return false
  }
  const origin: FlagOrigin = { kind: 'flag', flag: token.rawName }
  const value = option.type === 'boolean' ? (token.value ?? 'true') : flagValue(token)
  if (value === undefined || value === '') {
    shaping.report({
      origin,
      path: '',
      message: 'it needs a value',
      fix: `write ${token.rawName}=…`,
    })
    return true
  }
  const nodes = given.get(token.rawName) ?? []
  given.set(token.rawName, [...nodes, { kind: 'scalar', value, text: true, origin }])
  return true
}

/** A flag's value. What looks like the next flag is one, unless it is joined by `=`. */
function flagValue({ value, inlineValue }: OptionToken): string | undefined {
  return inlineValue || !value?.startsWith('-') ? value : undefined
}

function reportUnknown(flag: string, shaping: Shaping): void {
  const known = [configFlag, '--help', '--version', ...settings.flatMap((one) => one.flags)]
  const near = nearestName(flag, known)
  const message = `unknown flag ${near === undefined ? quoteName(flag) : flag}`
  const fix = near === undefined ? 'see --help' : `did you mean ${near}?`
  shaping.report({ path: '', message, fix })
}

function settingsLayer(
  given: ReadonlyMap<string, readonly ScalarNode[]>,
  shaping: Shaping,
): MapNode {
  let layer = emptyMap(builtIn)
  for (const setting of settings) {
    const nodes = setting.flags.flatMap((flag) => given.get(flag) ?? [])
    const node = combine(setting, nodes, shaping)
    const path = settingPath(setting)
    const shaped = node === undefined ? undefined : shapeNode(node, setting.schema, path, shaping)
    if (shaped !== undefined) layer = mergeMaps(mapAt(setting.path, shaped), layer)
  }
  return layer
}

function combine(
  setting: Setting,
  nodes: readonly ScalarNode[],
  shaping: Shaping,
): ConfigNode | undefined {
  const [first] = nodes
  if (first === undefined || !typesOf(setting.schema).includes('array')) {
    reportContradiction(settingPath(setting), nodes, shaping)
    return first
  }
  const list: ListNode = { kind: 'list', items: nodes, origin: first.origin }
  return list
}

function reportContradiction(path: string, nodes: readonly ScalarNode[], shaping: Shaping): void {
  const [first] = nodes
  if (nodes.every(({ value }) => value === first?.value)) return
  const flags = [
    ...new Set(nodes.flatMap(({ origin }) => (origin.kind === 'flag' ? origin.flag : []))),
  ]
  const message = `${flags.join(' and ')} given with different values`
  const origin = first?.origin
  shaping.report({ ...(origin && { origin }), path, message, fix: 'give it once' })
}
