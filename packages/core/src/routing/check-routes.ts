import type { GatewayConfig } from '../config.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { failoverPolicies } from './failover-route.ts'
import { ModelAliases } from './model-aliases.ts'
import { type LeafSelector, parseSelector, type SelectorContext } from './selector.ts'

/** Names of failover routes: what no selector reads as anything but a model id. */
const routeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Everything that is wrong with the routing rules of a configuration. */
export function checkRoutes(config: GatewayConfig): readonly GatewayError[] {
  const types = new Map(config.backends.map(({ name, plugin }) => [name, plugin.type]))
  const context: SelectorContext = {
    isBackend: (name) => types.has(name),
    takesPair: (name) => types.get(name) === 'hybrid',
  }
  const routes = config.failoverRoutes ?? {}
  const isPlace = (leaf: LeafSelector) =>
    (leaf.backend ?? leaf.vendorBackend) !== undefined || Object.hasOwn(routes, leaf.model)
  const rules = { context, isPlace, backends: [...types.keys()] }
  return [
    ...checkSelector('default_backend', config.defaultBackend, rules),
    ...checkSelector('static_route', config.staticRoute, rules),
    ...Object.keys(routes).flatMap((name) => checkRoute(name, config, context)),
    ...checkAliases(config),
  ]
}

interface SelectorRules {
  readonly context: SelectorContext
  readonly isPlace: (leaf: LeafSelector) => boolean
  readonly backends: readonly string[]
}

function checkSelector(
  key: string,
  text: string | undefined,
  { context, isPlace, backends }: SelectorRules,
): readonly GatewayError[] {
  if (text === undefined || context.isBackend(text)) return []
  const parsed = parseSelector(text, context)
  if (!parsed.ok) {
    return [invalid(`${key}, column ${parsed.error.column}: ${parsed.error.message}`)]
  }
  const { selector } = parsed
  const names = backends.join(', ') || 'none'
  const leaves = selector.kind === 'leaf' ? [selector] : selector.leaves
  return leaves
    .filter((leaf) => !isPlace(leaf))
    .map(({ model, column }) =>
      invalid(
        `${key}, column ${column}: "${model}" names no configured backend and no failover route. Backends: ${names}.`,
      ),
    )
}

function checkRoute(
  name: string,
  { failoverRoutes = {} }: GatewayConfig,
  context: SelectorContext,
): readonly GatewayError[] {
  const key = `failover_routes.${name}`
  const { policy, elements } = failoverRoutes[name] ?? { policy: 'ordered', elements: [] }
  const problems: string[] = []
  if (!routeName.test(name)) {
    problems.push('a name begins with a letter or digit, and has letters, digits, ".", "_" and "-"')
  }
  if (context.isBackend(name)) problems.push('a backend has this name')
  if (!failoverPolicies.includes(policy)) {
    problems.push(`there is no policy "${policy}". Use one of ${failoverPolicies.join(', ')}`)
  }
  if (elements.length === 0) problems.push('a failover route needs at least one element')
  for (const [at, text] of elements.entries()) {
    const problem = elementProblem(text, context)
    if (problem !== undefined) problems.push(`element ${at + 1}${problem}`)
  }
  return problems.map((problem) => invalid(`${key}: ${problem}`))
}

/** Why a text is no element of a failover route. */
function elementProblem(text: string, context: SelectorContext): string | undefined {
  const parsed = parseSelector(text, context)
  if (!parsed.ok) return `, column ${parsed.error.column}: ${parsed.error.message}`
  return parsed.selector.kind === 'leaf' ? undefined : ' is several places: make each an element'
}

function checkAliases({ modelAliases = [] }: GatewayConfig): readonly GatewayError[] {
  try {
    new ModelAliases(modelAliases)
    return []
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return [invalid(`model_aliases: ${error.message}`)]
  }
}

function invalid(message: string): GatewayError {
  return new GatewayError('config_invalid', message)
}
