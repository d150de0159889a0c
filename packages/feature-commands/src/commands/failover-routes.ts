import { type FailoverPolicy, type FailoverRoute, failoverPolicies } from '@jackfield/core'
import type { SessionState } from '../session/session-state.ts'
import { backendsIn, isOwn, readSelector, requirePlace } from './check-selector.ts'
import { type Command, type CommandContext, CommandError, requireValue } from './command.ts'

/** Routes of one session, elements of one route. */
const maxRoutes = 20
const maxElements = 20

/** What no selector reads as anything but a model id. */
const routeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const create: Command = {
  name: 'create-failover-route',
  description: `Makes a failover route for this session. Policies: ${failoverPolicies.join(', ')}.`,
  format: 'create-failover-route(name=route, policy=policy)',
  takesValue: true,
  examples: ['create-failover-route(name=careful, policy=km)'],
  run(args, context) {
    const name = requireValue(args, 'name', 0)
    const policy = args.named.get('policy') ?? args.positional[1] ?? 'ordered'
    const { state, routing } = context
    if (!routeName.test(name) || routing.parse(name).ok === false) {
      throw new CommandError(
        `"${name}" is no name for a route. Use letters, digits, ".", "_" and "-", at most 64.`,
      )
    }
    if (isOwn(name, context)) {
      throw new CommandError(`A backend is called "${name}" too. Use another name.`)
    }
    if (!isPolicy(policy)) {
      throw new CommandError(`"${policy}" is none of ${failoverPolicies.join(', ')}.`)
    }
    if (Object.hasOwn(state.routes, name)) {
      throw new CommandError(`There is a failover route "${name}" already.`)
    }
    if (Object.keys(state.routes).length >= maxRoutes) {
      throw new CommandError(`A session has at most ${maxRoutes} failover routes. Delete one.`)
    }
    return {
      text: `Failover route "${name}" created, policy ${policy}. Add elements with route-append.`,
      state: withRoute(state, name, { policy, elements: [] }),
    }
  },
}

const remove: Command = {
  name: 'delete-failover-route',
  description: 'Deletes a failover route of this session.',
  format: 'delete-failover-route(name=route)',
  takesValue: true,
  examples: ['delete-failover-route(name=careful)'],
  run(args, { state }) {
    const name = requireValue(args, 'name', 0)
    findOwn(name, state)
    const { [name]: _, ...routes } = state.routes
    return { text: `Failover route "${name}" deleted.`, state: { ...state, routes } }
  },
}

const list: Command = {
  name: 'list-failover-routes',
  description:
    'Lists failover routes with their policies: those of this session, then those of the gateway.',
  format: 'list-failover-routes',
  examples: ['list-failover-routes'],
  run(_args, context) {
    const { state, routing } = context
    const own = Object.entries(state.routes).map((entry) => describe(entry, context))
    const common = [...routing.failoverRoutes]
      .filter(([name]) => !Object.hasOwn(state.routes, name))
      .map((entry) => `${describe(entry, context)} (of the gateway)`)
    return { text: [...own, ...common].join('\n') || 'There are no failover routes.' }
  },
}

const show: Command = {
  name: 'route-list',
  description: 'Lists the elements of a failover route in their order.',
  format: 'route-list(name=route)',
  takesValue: true,
  examples: ['route-list(name=careful)'],
  run(args, context) {
    const name = requireValue(args, 'name', 0)
    const { state, routing } = context
    const route = Object.hasOwn(state.routes, name)
      ? state.routes[name]
      : routing.failoverRoutes.get(name)
    if (route === undefined) throw unknown(name)
    const elements = ownElements(route, context).map((element, at) => `${at + 1}. ${element}`)
    return { text: elements.join('\n') || `Failover route "${name}" has no elements.` }
  },
}

const append = adding('route-append', 'last', (elements, element) => [...elements, element])
const prepend = adding('route-prepend', 'first', (elements, element) => [element, ...elements])

const clear: Command = {
  name: 'route-clear',
  description: 'Takes all elements out of a failover route of this session.',
  format: 'route-clear(name=route)',
  takesValue: true,
  examples: ['route-clear(name=careful)'],
  run(args, { state }) {
    const name = requireValue(args, 'name', 0)
    const { policy } = findOwn(name, state)
    return {
      text: `Failover route "${name}" cleared.`,
      state: withRoute(state, name, { policy, elements: [] }),
    }
  },
}

/** The commands about failover routes. */
export const failoverCommands: readonly Command[] = [
  create,
  remove,
  list,
  show,
  append,
  prepend,
  clear,
]

function adding(
  name: string,
  place: string,
  add: (elements: readonly string[], element: string) => readonly string[],
): Command {
  return {
    name,
    description: `Adds an element to a failover route of this session, as the ${place} one.`,
    format: `${name}(name=route, element=backend:model)`,
    takesValue: true,
    examples: [`${name}(name=careful, element=openai:gpt-5)`],
    async run(args, context) {
      const route = requireValue(args, 'name', 0)
      const element = requireValue(args, 'element', 1)
      const { policy, elements } = findOwn(route, context.state)
      await requireElement(element, context)
      if (elements.length >= maxElements) {
        throw new CommandError(`A failover route has at most ${maxElements} elements.`)
      }
      return {
        text: `Added ${element} to failover route "${route}", as its ${place} element.`,
        state: withRoute(context.state, route, { policy, elements: add(elements, element) }),
      }
    },
  }
}

async function requireElement(text: string, context: CommandContext): Promise<void> {
  if (readSelector(text, context).kind !== 'leaf') {
    throw new CommandError(`"${text}" is several places. Add them one by one.`)
  }
  await requirePlace(text, { ...context, state: { ...context.state, routes: {} } })
}

function isPolicy(text: string): text is FailoverPolicy {
  return failoverPolicies.some((policy) => policy === text)
}

function findOwn(name: string, { routes }: SessionState): FailoverRoute {
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined
  if (route === undefined) throw unknown(name)
  return route
}

function unknown(name: string): CommandError {
  return new CommandError(
    `There is no failover route "${name}" in this session. See list-failover-routes.`,
  )
}

function withRoute(state: SessionState, name: string, route: FailoverRoute): SessionState {
  return { ...state, routes: { ...state.routes, [name]: route } }
}

function describe(
  [name, route]: readonly [string, FailoverRoute],
  context: CommandContext,
): string {
  const { length } = ownElements(route, context)
  return `${name}: ${route.policy}, ${length} ${length === 1 ? 'element' : 'elements'}`
}

/** The elements that the caller may use: of other backends nobody hears. */
function ownElements({ elements }: FailoverRoute, context: CommandContext): readonly string[] {
  const isForCaller = (element: string) =>
    backendsIn(element, context.routing).every((name) => isOwn(name, context))
  return elements.filter(isForCaller)
}
