import { nearestName, quoteName } from './names.ts'
import { emptyMap, type MapNode, mapAt, mergeMaps, type ScalarNode } from './node.ts'
import { builtIn } from './origin.ts'
import type { Report } from './problems.ts'
import { type Setting, settingPath, settings, variablePrefix } from './settings.ts'
import { type Shaping, shapeNode } from './shape.ts'

/** Environment variables by name. An empty value counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables that name the configuration file. */
export const fileVariables = ['CONFIG_FILE', `${variablePrefix}CONFIG`] as const

/** The variable that holds the key with which commands ask a running gateway. */
export const clientKeyVariable = `${variablePrefix}KEY`

/** The value of a variable, unless it is empty. */
export function variableValue(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  return value === '' ? undefined : value
}

/** The layer of settings that environment variables give. Two variables of one setting may not contradict each other. */
export function readEnvironment(env: Environment, shaping: Shaping): MapNode {
  let layer = emptyMap(builtIn)
  for (const setting of settings) {
    const given = givenVariables(env, setting)
    const [first] = given
    if (first === undefined) continue
    reportConflict(settingPath(setting), given, shaping.report)
    const shaped = shapeNode(variableNode(first), setting.schema, settingPath(setting), shaping)
    if (shaped !== undefined) layer = mergeMaps(mapAt(setting.path, shaped), layer)
  }
  return layer
}

/** A variable that is set. */
export interface GivenVariable {
  readonly name: string
  readonly value: string
}

function givenVariables(env: Environment, setting: Setting): readonly GivenVariable[] {
  return setting.variables.flatMap((name) => {
    const value = variableValue(env, name)
    return value === undefined || isServiceLink(name, value) ? [] : { name, value }
  })
}

/** Kubernetes gives every container `JACKFIELD_PORT=tcp://…` where a service is called `jackfield`. */
function isServiceLink(name: string, value: string): boolean {
  return name === `${variablePrefix}PORT` && /^(tcp|udp|sctp):\/\//.test(value)
}

/** The value of a variable as a node: text, with the variable as its origin. */
export function variableNode({ name, value }: GivenVariable): ScalarNode {
  const origin = { kind: 'environment', variable: name } as const
  return { kind: 'scalar', value, text: true, variable: name, origin }
}

/** Reports variables that mean the same setting and differ. */
export function reportConflict(
  path: string,
  given: readonly GivenVariable[],
  report: Report,
): void {
  const [first, ...others] = given
  const other = others.find(({ value }) => value !== first?.value)
  if (first === undefined || other === undefined) return
  report({
    origin: { kind: 'environment', variable: first.name },
    path,
    message: `${first.name} and ${other.name} mean the same setting and have different values`,
    fix: `unset ${other.name} or ${first.name}`,
  })
}

/** Warns of variables that look like ours and are not: most likely they are misspelt. */
export function warnUnknownVariables(env: Environment, warn: Report): void {
  const known = [
    ...settings.flatMap((setting) => setting.variables),
    ...fileVariables,
    clientKeyVariable,
  ]
  for (const name of Object.keys(env)) {
    if (!name.startsWith(variablePrefix) || known.includes(name) || isOfService(name)) continue
    const near = nearestName(name, known)
    warn({
      origin: { kind: 'environment', variable: near === undefined ? quoteName(name) : name },
      path: '',
      message: 'no setting has this variable',
      fix: near === undefined ? 'unset it' : `did you mean ${near}?`,
    })
  }
}

/** More of what Kubernetes sets for a service called `jackfield`. */
function isOfService(name: string): boolean {
  return /^JACKFIELD_(SERVICE_|PORT_[0-9]+_)/.test(name)
}
