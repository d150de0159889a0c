import {
  isGatewayError,
  type LeafSelector,
  type RoutingInspector,
  type Selector,
} from '@jackfield/core'
import { type CommandContext, CommandError } from './command.ts'

/** Longest selector that a session remembers. */
const maxLength = 500

/** Reads a selector. Throws {@link CommandError} with the column for one that is none. */
export function readSelector(text: string, { routing }: CommandContext): Selector {
  if (text.length > maxLength) {
    throw new CommandError(`That is longer than ${maxLength} characters.`)
  }
  const result = routing.parse(text)
  if (result.ok) return result.selector
  throw new CommandError(`"${text}", column ${result.error.column}: ${result.error.message}`)
}

export function leavesOf(selector: Selector): readonly LeafSelector[] {
  return selector.kind === 'leaf' ? [selector] : selector.leaves
}

/** The backends that a selector names, in whatever way. */
export function backendsIn(text: string, routing: RoutingInspector): readonly string[] {
  const parsed = routing.parse(text)
  if (!parsed.ok) return []
  const named = leavesOf(parsed.selector).flatMap((leaf) => backendOf(leaf) ?? [])
  // The name of a backend alone reads like the id of a model.
  return named.length === 0 ? bareBackend(text, routing) : named
}

function bareBackend(text: string, routing: RoutingInspector): readonly string[] {
  const parsed = routing.parse(`${text}:x`)
  const isBackend = parsed.ok && parsed.selector.kind === 'leaf' && parsed.selector.backend === text
  return isBackend ? [text] : []
}

/** The backend that a leaf names. */
export function backendOf({ backend, vendorBackend }: LeafSelector): string | undefined {
  return backend ?? vendorBackend
}

/** Whether the caller may use a backend. */
export function isOwn(name: string, { routing, principal }: CommandContext): boolean {
  return routing.backends(principal).some((own) => own.name === name)
}

/** The backends that the caller may use, for people. */
export function backendNames({ routing, principal }: CommandContext): string {
  const names = routing.backends(principal).map(({ name }) => name)
  return names.join(', ') || 'none'
}

/** What somebody is told of a backend that is not there, or not for them: there is no difference. */
export function noBackend(name: string, context: CommandContext): CommandError {
  return new CommandError(`There is no backend "${name}". Backends: ${backendNames(context)}.`)
}

/** Makes sure that a selector leads somewhere, and names nothing that the caller may not use. Throws {@link CommandError} with what is wrong. */
export async function requirePlace(selector: string, context: CommandContext): Promise<void> {
  const { routing, principal, state } = context
  const other = backendsIn(selector, routing).find((name) => !isOwn(name, context))
  if (other !== undefined) throw noBackend(other, context)
  try {
    await routing.resolve(selector, { principal, routes: new Map(Object.entries(state.routes)) })
  } catch (error) {
    if (!isGatewayError(error)) throw error
    if (error.code !== 'permission_denied') throw new CommandError(error.message)
    // The gateway's own words name a backend that the caller did not.
    throw new CommandError(
      `"${selector}" leads to nothing that this key may use. Backends: ${backendNames(context)}.`,
    )
  }
}

/** Throws {@link CommandError} where the operator has decided for everybody. */
export function requireFreedom({ routing }: CommandContext, what: string): void {
  if (routing.staticRoute === undefined) return
  throw new CommandError(`${what} cannot be changed while a static route is set.`)
}
