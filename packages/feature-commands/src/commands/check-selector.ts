import { isGatewayError, type LeafSelector, type Selector } from '@jackfield/core'
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

/** Makes sure that a selector leads somewhere that the caller may use. Throws {@link CommandError} with what is wrong. */
export async function requirePlace(
  selector: string,
  { routing, principal, state }: CommandContext,
): Promise<void> {
  try {
    await routing.resolve(selector, { principal, routes: new Map(Object.entries(state.routes)) })
  } catch (error) {
    if (!isGatewayError(error)) throw error
    throw new CommandError(error.message)
  }
}

/** Throws {@link CommandError} where the operator has decided for everybody. */
export function requireFreedom({ routing }: CommandContext, what: string): void {
  if (routing.staticRoute === undefined) return
  throw new CommandError(`${what} cannot be changed while a static route is set.`)
}
