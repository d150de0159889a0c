import type { BackendVariables } from '../installed-backends.ts'
import { type Environment, type GivenVariable, variableNode, variableValue } from './environment.ts'
import {
  type ConfigNode,
  emptyMap,
  type ListNode,
  type MapNode,
  revealedValue,
  type ScalarNode,
  withEntry,
} from './node.ts'
import { builtIn, describeOrigin } from './origin.ts'
import type { Report } from './problems.ts'

const mostNumberedKeys = 20

/**
 * The keys that variables give: the plain one first, then `_1` to `_20` in order. White space around a key, as a shell
 * or a file leaves it, does not count.
 */
function keyVariables(env: Environment, base: string): readonly GivenVariable[] {
  const numbered = Array.from({ length: mostNumberedKeys }, (_, at) => `${base}_${at + 1}`)
  return [base, ...numbered].flatMap((name) => {
    const value = variableValue(env, name)?.trim() ?? ''
    return value === '' ? [] : { name, value }
  })
}

/** The same for the first of several names that gives any. */
export function firstKeyVariables(
  env: Environment,
  bases: readonly string[],
): readonly GivenVariable[] {
  for (const base of bases) {
    const given = keyVariables(env, base)
    if (given.length > 0) return given
  }
  return []
}

/** How people are told which variables give keys. */
export function describeKeyVariables(base: string): string {
  return `${base} (or ${base}_1 to ${base}_${mostNumberedKeys})`
}

/** Warns of numbered keys that nobody reads. */
export function warnUnreadKeys(env: Environment, base: string, warn: Report): void {
  for (const name of Object.keys(env)) {
    const number = name.startsWith(`${base}_`) ? name.slice(base.length + 1) : ''
    if (!/^[0-9]+$/.test(number) || isNumbered(number)) continue
    warn({
      origin: { kind: 'environment', variable: name },
      path: '',
      message: `only ${base}_1 to ${base}_${mostNumberedKeys} are read`,
      fix: 'rename it, or list the keys in the configuration file',
    })
  }
}

function isNumbered(number: string): boolean {
  return !number.startsWith('0') && Number(number) <= mostNumberedKeys
}

/** Whose variables are read, and where to complain. */
export interface OptionVariables {
  readonly env: Environment
  readonly variables: BackendVariables
  /** Names that give keys where the variable for keys gives none. */
  readonly keyAliases: readonly string[]
  /** `backends.<name>`. */
  readonly path: string
  readonly report: Report
}

/** The options that a backend's variables give. */
export function readOptionVariables(source: OptionVariables): MapNode {
  const { api_keys: _, timeout: __, ...others } = source.variables
  const plain = Object.entries(others).map(([option, variable]) => {
    return [option, readPlain(variable, source.env)] as const
  })
  const given = {
    api_keys: readKeys(source),
    ...Object.fromEntries(plain),
    timeout: readTimeout(source),
  }
  let options = emptyMap(builtIn)
  for (const [name, node] of Object.entries(given)) {
    if (node !== undefined) options = withEntry(options, name, node)
  }
  return options
}

/**
 * Adds to a backend's options what they leave out and its variables give. What the options say stays: a variable belongs
 * to a type, and several backends may have that type. A variable that says something else is warned of.
 */
export function fillLeftOut(options: MapNode, given: MapNode, path: string, warn: Report): MapNode {
  let filled = options
  for (const [name, { value: node }] of given.entries) {
    const present = options.entries.get(name)?.value
    const isEmptyList = present?.kind === 'list' && present.items.length === 0
    if (present === undefined || isEmptyList) filled = withEntry(filled, name, node)
    else if (!isSame(present, node)) {
      const message = `not used: ${describeOrigin(present.origin)} gives this option`
      const fix = 'unset the variable, or remove the option'
      warn({ origin: node.origin, path: `${path}.${name}`, message, fix })
    }
  }
  return filled
}

function isSame(one: ConfigNode, other: ConfigNode): boolean {
  return JSON.stringify(revealedValue(one)) === JSON.stringify(revealedValue(other))
}

function readKeys({ env, variables, keyAliases }: OptionVariables): ListNode | undefined {
  if (variables.api_keys === undefined) return undefined
  const items = firstKeyVariables(env, [variables.api_keys, ...keyAliases]).map(variableNode)
  const [first] = items
  return first === undefined ? undefined : { kind: 'list', items, origin: first.origin }
}

function readPlain(name: string | undefined, env: Environment): ScalarNode | undefined {
  const value = name === undefined ? undefined : variableValue(env, name)?.trim()
  return name === undefined || !value ? undefined : variableNode({ name, value })
}

/** Whole seconds, as the published variables have them; `0` leaves the default. */
function readTimeout(source: OptionVariables): ScalarNode | undefined {
  const node = readPlain(source.variables.timeout, source.env)
  if (node === undefined) return undefined
  const seconds = /^[0-9]{1,6}$/.test(String(node.value)) ? Number(node.value) : undefined
  if (seconds === undefined) {
    const message = 'expected whole seconds'
    source.report({
      origin: node.origin,
      path: `${source.path}.timeout`,
      message,
      fix: 'write a number such as 120, or 0 for the default',
    })
  }
  return seconds ? { kind: 'scalar', value: seconds, origin: node.origin } : undefined
}
