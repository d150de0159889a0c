import type { SelectorContext } from '@jackfield/core'
import { ownPackagePrefix } from '../installed-backends.ts'
import { checkAliases } from './check-aliases.ts'
import { checkFailoverNames } from './check-failover-names.ts'
import { fallbackType } from './choose-backends.ts'
import { isShowable, nearestName, quoteName } from './names.ts'
import { type MapNode, memberOf } from './node.ts'
import type { Report } from './problems.ts'
import { type ReadLeaf, readSelector } from './read-selector.ts'
import { entriesOf, type WrittenSelector, writtenSelectors } from './written-selectors.ts'

/** A backend as routes see it. */
interface RoutableBackend {
  readonly name: string
  readonly type: string
  /** It calls other backends. */
  readonly isVirtual: boolean
}

export interface RouteRules {
  /** Those that are enabled. */
  readonly backends: readonly RoutableBackend[]
  /** Whether they were found by their variables, without a `backends` section. */
  readonly isAutomatic: boolean
  /** Those whose problem is reported already. */
  readonly failed: readonly string[]
  readonly report: Report
  readonly warn: Report
}

/** The type of backends that are addressed as `name:[first,second]`. */
const pairType = 'hybrid'

/**
 * The names in `known` that selectors of the configuration mean, each with the first setting that names it, before anything is known of
 * the backends.
 */
export function wantedBackends(
  config: MapNode,
  known: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const context: SelectorContext = {
    isBackend: (name) => known.has(name),
    takesPair: (name) => name === pairType,
  }
  const wanted = new Map<string, string>()
  for (const written of writtenSelectors(config)) {
    for (const name of namesIn(written, context)) {
      if (!wanted.has(name)) wanted.set(name, written.path)
    }
  }
  return wanted
}

function namesIn(written: WrittenSelector, context: SelectorContext): readonly string[] {
  if (context.isBackend(written.text)) return [written.text]
  const { leaves } = readSelector(written, context)
  return leaves.flatMap(({ leaf }) => leaf.backend ?? leaf.vendorBackend ?? [])
}

/** The default where nobody names one: the only enabled backend. `echo` answers to its name only, unless it is alone. */
export function impliedDefault(rules: RouteRules): string | undefined {
  const real = rules.backends.filter((backend) => !backend.isVirtual)
  const serving = real.filter((backend) => backend.type !== fallbackType)
  const [only, ...others] = serving.length > 0 ? serving : real
  if (only !== undefined && others.length === 0) return only.name
  if (only !== undefined && rules.failed.length === 0) {
    const names = real.map((backend) => backend.name).join(', ')
    const message = `no default among ${names}: a request for a model that none of them lists is answered with 404`
    const fix = 'set default_backend, --default-backend or LLM_BACKEND'
    rules.warn({ path: 'default_backend', message, fix })
  }
  return undefined
}

/** What the checks of one configuration have in common. */
interface RouteCheck extends RouteRules {
  readonly context: SelectorContext
  /** Backends that selectors may name. */
  readonly names: readonly string[]
  /** Backends that are in the configuration and cannot be named. */
  readonly disabled: ReadonlySet<string>
  readonly routes: ReadonlySet<string>
}

/** Checks everything in a configuration that says where requests go. What the running gateway would drop is warned about. */
export function checkRoutes(config: MapNode, rules: RouteRules): void {
  const types = new Map(rules.backends.map(({ name, type }) => [name, type]))
  const names = [...types.keys(), ...rules.failed]
  const section = entriesOf(config, 'backends').map(([name]) => name)
  const routes = new Set(entriesOf(config, 'failover_routes').map(([name]) => name))
  const check: RouteCheck = {
    ...rules,
    context: {
      isBackend: (name) => names.includes(name),
      takesPair: (name) => types.get(name) === pairType || rules.failed.includes(name),
    },
    names,
    disabled: new Set(section.filter((name) => !names.includes(name))),
    routes,
  }
  checkFailoverNames(config, { backends: [...names, ...section], report: rules.report })
  warnUnusedDefault(config, rules)
  checkAliases(config, rules.report)
  for (const written of writtenSelectors(config)) checkSelector(written, check)
  for (const [key, , origin] of entriesOf(config, 'model_defaults')) {
    const near = nearBackend(key, names)
    if (near === undefined || names.includes(prefixOf(key) ?? '')) continue
    const message = `${quoteName(key)} names no configured backend, so that the whole is taken as a model`
    rules.warn({ origin, path: 'model_defaults', message, fix: `did you mean "${near}:…"?` })
  }
}

function checkSelector(written: WrittenSelector, check: RouteCheck): void {
  const { text, path, origin, role } = written
  if (role !== 'element' && check.context.isBackend(text)) return
  const { leaves, warnings, error } = readSelector(written, check.context)
  if (error !== undefined) {
    const message = `column ${error.column}: ${error.message}`
    check.report({ path, origin, message, fix: 'write a selector such as backend:model' })
    return
  }
  for (const { column, message } of warnings) {
    check.warn({ path, origin, message: `column ${column}: ${message}`, fix: 'correct it' })
  }
  if (role === 'element' && leaves.filter(({ isInner }) => !isInner).length > 1) {
    const message = 'it is several places, and an element is one'
    check.report({ path, origin, message, fix: 'make each an element' })
  }
  for (const leaf of leaves) checkLeaf(leaf, written, check)
}

/** Checks a place that names no backend that is there. */
function checkLeaf(read: ReadLeaf, written: WrittenSelector, check: RouteCheck): void {
  const { leaf, rest } = read
  if (leaf.backend !== undefined || leaf.vendorBackend !== undefined) return
  const { path, origin, role } = written
  const prefix = prefixOf(rest)
  const at = { path, origin }
  const place = read.column === 1 ? '' : `column ${read.column}: `
  if (check.routes.has(leaf.model)) {
    if (role === 'element' && leaf.model !== written.route) warnNestedRoute(leaf.model, at, check)
  } else if (check.names.includes(leaf.model)) {
    const message = `${place}the backend "${leaf.model}" stands there without a model`
    check.report({ ...at, message, fix: `write ${leaf.model}:model` })
  } else if (prefix !== undefined && check.disabled.has(prefix)) {
    const message = `${place}the backend "${prefix}" is not enabled`
    check.report({ ...at, message, fix: 'enable it, or name another one' })
  } else if (role === 'route' && !read.isInner) {
    check.report({ ...at, ...unknownPlace(leaf.model, place, check) })
  } else if (prefix !== undefined) {
    const message = `${place}${quoteName(leaf.model)} names no configured backend, so that the whole is taken as a model`
    check.warn({ ...at, message, fix: nameOne(leaf.model, check) })
  }
}

function unknownPlace(model: string, place: string, check: RouteCheck) {
  const [name = ''] = model.split(/[:/]/, 1)
  const near = nearestName(name, [...check.names, ...check.routes])
  const kinds = check.routes.size === 0 ? 'backend' : 'backend and no failover route'
  return {
    message: `${place}no enabled ${kinds} is called ${quoteName(name)}`,
    fix:
      near === undefined
        ? `${chooseOf(check.names)}${getIt(name, check)}`
        : `did you mean "${near}"?`,
  }
}

function warnNestedRoute(
  name: string,
  at: Pick<WrittenSelector, 'path' | 'origin'>,
  { warn }: RouteCheck,
): void {
  const message = `${quoteName(name)} is taken as a model: failover routes are not looked up in the elements of another`
  warn({ ...at, message, fix: 'write its elements here' })
}

function nameOne(model: string, { names }: RouteCheck): string {
  const near = nearBackend(model, names)
  if (near !== undefined) return `did you mean "${near}:…"?`
  return `name one of ${names.join(', ')}, or write a colon that belongs to the model as %3A`
}

function nearBackend(text: string, names: readonly string[]): string | undefined {
  const prefix = prefixOf(text)
  return prefix === undefined ? undefined : nearestName(prefix, names)
}

/** What stands where the name of a backend stands. */
function prefixOf(text: string): string | undefined {
  return /^([a-z0-9-]+)(?:\.[^:/|^!?,[\]]*)?:/.exec(text)?.[1]
}

function chooseOf(names: readonly string[]): string {
  return names.length === 0 ? 'enable one' : `choose one of ${names.join(', ')}`
}

function getIt(name: string, { isAutomatic }: RouteRules): string {
  if (!isAutomatic) return ', or add it to "backends"'
  const isType = /^[a-z0-9-]+$/.test(name) && isShowable(name)
  return isType ? `, or install it with "npm install ${ownPackagePrefix}${name}"` : ''
}

/** Elsewhere a route of this name is for everything that no other one names. */
function warnUnusedDefault(config: MapNode, { warn }: RouteRules): void {
  const [route] = entriesOf(config, 'failover_routes').filter(([name]) => name === 'default')
  const standard = memberOf(config, 'default_backend')
  if (route === undefined || (standard?.kind === 'scalar' && standard.value === 'default')) return
  const message =
    'a route of this name is asked for like any other, and not for what no route names'
  const fix = 'write default_backend: default, or give it another name'
  warn({ path: 'failover_routes.default', origin: route[2], message, fix })
}
