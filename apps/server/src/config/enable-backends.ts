import { packageOfType } from '../installed-backends.ts'
import { describeKeyVariables } from './backend-environment.ts'
import { hostPart } from './backend-options.ts'
import type { ConfiguredBackend, DisabledBackend } from './backends.ts'
import {
  automaticBackends,
  type ChosenBackend,
  fallbackType,
  hybridType,
  isList,
  listedBackends,
  virtualBackends,
} from './choose-backends.ts'
import { type BackendResult, type BackendSources, configureBackend } from './configure-backend.ts'
import { showPath } from './names.ts'
import { emptyMap, type MapNode, withEntry } from './node.ts'
import { builtIn } from './origin.ts'

/** What became of the backends of a configuration. */
export interface EnabledBackends {
  readonly enabled: readonly ConfiguredBackend[]
  readonly disabled: readonly DisabledBackend[]
  /** Whether they were found by their variables, without a `backends` section. */
  readonly isAutomatic: boolean
  /** Those with a reported problem. */
  readonly failed: readonly string[]
  /** The section as it is in effect; of disabled backends only what every backend has. */
  readonly section: MapNode
}

export interface Wanted {
  /** The `backends` section, if there is one. */
  readonly section: MapNode | undefined
  /** Backends that selectors name, each with the first setting that does. */
  readonly named: ReadonlyMap<string, string>
  readonly isHybridDisabled: boolean
}

/** Decides which backends serve, loads them and completes their options. */
export async function enableBackends(
  wanted: Wanted,
  sources: BackendSources,
): Promise<EnabledBackends> {
  const { section } = wanted
  const isListed = section !== undefined && isList(section, sources.packages.installed)
  const { chosen, switchedOff } = choose(wanted, isListed, sources)
  if (chosen.length === 0) reportNone(isListed, sources)
  const results = await Promise.all(chosen.map((each) => configureBackend(each, sources)))
  const enabled = results.flatMap((result) => ('backend' in result ? result.backend : []))
  const failed = results.flatMap((result) => ('failed' in result ? result.failed : []))
  const keyless = results.filter((result) => 'keyless' in result)
  const disabled = keyless.flatMap(({ keyless: problem, chosen: { name, type } }) => {
    const namedBy = wanted.named.get(name)
    if (namedBy !== undefined || enabled.every(({ isVirtual }) => isVirtual)) {
      sources.shaping.report({ ...problem, message: `it is ${roleOf(namedBy)} and has no key` })
      failed.push(name)
      return []
    }
    sources.warn({ ...problem, message: 'it has no key and is disabled' })
    return { name, type, reason: `no key: ${problem.fix}` }
  })
  return {
    enabled,
    disabled: [...disabled, ...switchedOff],
    isAutomatic: !isListed,
    failed,
    section: effectiveSection(section, results),
  }
}

function roleOf(namedBy: string | undefined): string {
  if (namedBy === undefined) return 'needed, as no other backend can serve,'
  return namedBy === 'default_backend' ? 'the default backend' : `named by ${showPath(namedBy)}`
}

interface Choice {
  /** Empty where nothing can serve. */
  readonly chosen: readonly ChosenBackend[]
  readonly switchedOff: readonly DisabledBackend[]
}

function choose(
  { section, named, isHybridDisabled }: Wanted,
  isListed: boolean,
  sources: BackendSources,
): Choice {
  const { installed } = sources.packages
  const written = section === undefined ? [] : listedBackends(section, installed)
  const found = isListed
    ? []
    : automaticBackends({ ...sources, installed, wanted: [...named.keys()] })
  const listed = [...found, ...written]
  const isOn = ({ packageName }: ChosenBackend) =>
    !isHybridDisabled || packageName !== packageOfType(hybridType, installed)
  const chosen = listed.filter(isOn)
  const others = chosen.length === 0 ? [] : virtualBackends(section, installed).filter(isOn)
  const reason = 'disable_hybrid_backend is set'
  const switchedOff = listed
    .filter((backend) => !isOn(backend))
    .map(({ name, type }) => ({ name, type, reason }))
  return { chosen: [...chosen, ...others], switchedOff }
}

function reportNone(isListed: boolean, { packages, shaping }: BackendSources): void {
  if (isListed) {
    const message = 'every backend is disabled'
    shaping.report({ path: 'backends', message, fix: 'enable one of them' })
    return
  }
  const bases = packages.installed.flatMap(({ auth, variables }) =>
    auth === 'key' ? (variables.api_keys ?? []) : [],
  )
  const [first, ...others] = bases
  shaping.report({
    path: 'backends',
    message:
      'there is no backend: none is configured, and no key variable of an installed one is set',
    fix:
      first === undefined
        ? 'install one, for example with "npm install @jackfield/backend-openai"'
        : `set ${[describeKeyVariables(first), ...others].join(', ')}, or install @jackfield/backend-${fallbackType}`,
  })
}

function effectiveSection(
  section: MapNode | undefined,
  results: readonly BackendResult[],
): MapNode {
  let effective = section ?? emptyMap(builtIn)
  for (const [name, { value }] of section?.entries ?? []) {
    if (value.kind === 'map') effective = withEntry(effective, name, hostPart(value))
  }
  for (const result of results) {
    if ('backend' in result) effective = withEntry(effective, result.backend.name, result.node)
  }
  return effective
}
