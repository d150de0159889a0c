import { type LeafSelector, parseSelector, type Selector } from '@jackfield/core'
import { ownPackagePrefix } from '../installed-backends.ts'
import { fallbackType } from './choose-backends.ts'
import { isShowable, nearestName, quoteName } from './names.ts'
import type { Report } from './problems.ts'

/** A backend as routes see it. */
interface RoutableBackend {
  readonly name: string
  readonly type: string
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

/** The names of backends that a route may mean before anything is known of them: what stands before a `:`. */
export function wantedBackends(route: string | undefined): readonly string[] {
  const name = /^\s*([a-z0-9-]+)\s*(:|$)/.exec(route ?? '')?.[1]
  return name === undefined ? [] : [name]
}

/** Checks that `default_backend` is an enabled backend, with or without a model. */
export function checkDefaultBackend(value: string, rules: RouteRules): void {
  const colon = value.indexOf(':')
  const name = colon < 0 ? value : value.slice(0, colon)
  const names = rules.backends.map((backend) => backend.name)
  const path = 'default_backend'
  if (colon === value.length - 1) {
    rules.report({ path, message: 'no model stands behind the colon', fix: 'write backend:model' })
  }
  if (names.includes(name) || rules.failed.includes(name)) return
  const near = nearestName(name, names)
  rules.report({
    path,
    message: `no enabled backend is called ${quoteName(name)}`,
    fix: near === undefined ? `${chooseOf(names)}${getIt(name, rules)}` : `did you mean "${near}"?`,
  })
}

function chooseOf(names: readonly string[]): string {
  return names.length === 0 ? 'enable one' : `choose one of ${names.join(', ')}`
}

function getIt(name: string, { isAutomatic }: RouteRules): string {
  if (!isAutomatic) return ', or add it to "backends"'
  const isType = /^[a-z0-9-]+$/.test(name) && isShowable(name)
  return isType ? `, or install it with "npm install ${ownPackagePrefix}${name}"` : ''
}

/** The default where nobody names one: the only enabled backend. `echo` answers to its name only, unless it is alone. */
export function impliedDefault(rules: RouteRules): string | undefined {
  const serving = rules.backends.filter((backend) => backend.type !== fallbackType)
  const [only, ...others] = serving.length > 0 ? serving : rules.backends
  if (only !== undefined && others.length === 0) return only.name
  if (only !== undefined && rules.failed.length === 0) {
    const names = rules.backends.map((backend) => backend.name).join(', ')
    const message = `no default among ${names}: a request for a model that none of them lists is answered with 404`
    const fix = 'set default_backend, --default-backend or LLM_BACKEND'
    rules.warn({ path: 'default_backend', message, fix })
  }
  return undefined
}

/** Checks that `static_route` is a selector. What it does not know as a backend is a part of a model id: worth a warning. */
export function checkStaticRoute(value: string, rules: RouteRules): void {
  const names = rules.backends.map((backend) => backend.name)
  const known = new Set([...names, ...rules.failed])
  const path = 'static_route'
  const result = parseSelector(value, { isBackend: (name) => known.has(name) })
  if (!result.ok) {
    const { column, message } = result.error
    // The parser quotes the text, which is fit to be shown only if it looks like a selector.
    const why = isShowable(value) ? message : 'it is not a selector'
    rules.report({ path, message: `${why} (character ${column})`, fix: 'write backend:model' })
    return
  }
  for (const warning of result.warnings) {
    const message = isShowable(value) ? warning.message : 'a parameter is not usable'
    rules.warn({ path, message, fix: 'correct the parameter' })
  }
  for (const leaf of leavesOf(result.selector)) warnUnknownBackend(leaf, names, rules)
}

function leavesOf(selector: Selector): readonly LeafSelector[] {
  return selector.kind === 'leaf' ? [selector] : selector.leaves
}

function warnUnknownBackend(leaf: LeafSelector, names: readonly string[], rules: RouteRules): void {
  if (leaf.backend !== undefined || leaf.vendorBackend !== undefined) return
  const colon = leaf.model.indexOf(':')
  if (colon < 0) return
  const near = nearestName(leaf.model.slice(0, colon), names)
  rules.warn({
    path: 'static_route',
    message: `${quoteName(leaf.model)} names no configured backend, so that the whole is taken as a model`,
    fix: near === undefined ? `name one of ${names.join(', ')}` : `did you mean "${near}:…"?`,
  })
}
