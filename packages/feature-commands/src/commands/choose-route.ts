import { formatSelector, type LeafSelector } from '@jackfield/core'
import { type SessionState, without } from '../session/session-state.ts'
import {
  backendNames,
  backendOf,
  backendsIn,
  isOwn,
  leavesOf,
  noBackend,
  readSelector,
  requireFreedom,
  requirePlace,
} from './check-selector.ts'
import { type Command, type CommandContext, CommandError, onlyValue } from './command.ts'

/** `!/backend(x)` */
export const backend: Command = {
  name: 'backend',
  description: 'Sends later requests of this session to a backend, with the model that they name.',
  format: 'backend(name)',
  takesValue: true,
  examples: ['backend(anthropic)', 'backend()'],
  run(args, context) {
    const name = onlyValue(args, 'name', 'backend')
    requireFreedom(context, 'The backend')
    if (name === undefined) {
      return { text: 'Backend unset.', state: without(context.state, 'backend') }
    }
    return chooseBackend(name, context)
  },
}

/** `!/model(m)` */
export const model: Command = {
  name: 'model',
  description: 'Sends later requests of this session to a model, or to any selector.',
  format: 'model(model) or model(backend:model)',
  takesValue: true,
  examples: ['model(claude-sonnet-4)', 'model(openai:gpt-5?reasoning_effort=high)', 'model()'],
  run(args, context) {
    const text = onlyValue(args, 'name', 'model')
    requireFreedom(context, 'The model')
    if (text === undefined) return { text: 'Model unset.', state: without(context.state, 'model') }
    return chooseModel(text, context)
  },
}

/** `!/oneoff(b:m)` */
export const oneOff: Command = {
  name: 'oneoff',
  aliases: ['one-off'],
  description: 'Sends the next request of this session, and only that, somewhere else.',
  format: 'oneoff(backend:model)',
  takesValue: true,
  examples: ['oneoff(openrouter:qwen/qwen3-coder)'],
  async run(args, context) {
    const text = onlyValue(args, 'name', 'model', 'element')
    requireFreedom(context, 'The route')
    if (text === undefined) throw new CommandError('Write it as oneoff(backend:model).')
    const isExplicit = (leaf: LeafSelector) => isOwn(backendOf(leaf) ?? '', context)
    if (!leavesOf(readSelector(text, context)).every(isExplicit)) {
      throw new CommandError(
        `"${text}" names no backend. Write it as oneoff(backend:model). Backends: ${backendNames(context)}.`,
      )
    }
    await requirePlace(text, context)
    return { text: `One-off route set to ${text}.`, state: { ...context.state, oneOff: text } }
  },
}

/** The state with a backend, which keeps the model. Throws {@link CommandError} for one that the caller has not. */
export function chooseBackend(name: string, context: CommandContext) {
  const { routing, principal, state } = context
  const found = routing.backends(principal).find((one) => one.name === name)
  if (found === undefined) throw noBackend(name, context)
  const isReady = found.readyTargets > 0
  return {
    text: `Backend changed to ${name}.${isReady ? '' : ' None of its keys or servers is ready at the moment.'}`,
    state: { ...keepModel(state, context), backend: name } satisfies SessionState,
  }
}

/** The state with a model. Throws {@link CommandError} for one that leads nowhere. */
export async function chooseModel(text: string, context: CommandContext) {
  const selector = readSelector(text, context)
  const state: SessionState = leavesOf(selector).some(({ backend: named }) => named !== undefined)
    ? { ...without(context.state, 'backend'), model: text }
    : { ...context.state, model: text }
  await requirePlace(chosenRoute(state, context) ?? text, context)
  return { text: `Model changed to ${text}.`, state }
}

/** The selector of what a session has chosen; `undefined` where it has chosen nothing. */
export function chosenRoute(
  { backend: name, model: text, routes }: SessionState,
  { routing }: Pick<CommandContext, 'routing'>,
): string | undefined {
  if (text === undefined || name === undefined) return text ?? name
  const parsed = routing.parse(text)
  if (!parsed.ok || parsed.selector.kind !== 'leaf') return text
  const { selector } = parsed
  const isRoute =
    Object.hasOwn(routes, selector.model) || routing.failoverRoutes.has(selector.model)
  const isPlaced = (selector.backend ?? selector.vendorBackend) !== undefined
  if (isPlaced || isRoute) return text
  return formatSelector({ ...selector, backend: name })
}

/** The state with the names of the backends that it depends on. */
export function withBackends(
  { backends: _, ...state }: SessionState,
  { routing }: Pick<CommandContext, 'routing'>,
): SessionState {
  const routes = [chosenRoute(state, { routing }), state.oneOff].filter(
    (text) => text !== undefined,
  )
  const names = routes.flatMap((text) => backendsIn(text, routing))
  return names.length === 0 ? state : { ...state, backends: [...new Set(names)] }
}

/** A model that names its backend loses that; one that is several cannot be kept. */
function keepModel(state: SessionState, { routing }: CommandContext): SessionState {
  if (state.model === undefined) return state
  const parsed = routing.parse(state.model)
  if (!parsed.ok || parsed.selector.kind !== 'leaf') return without(state, 'model')
  const { backend: _, target: __, ...leaf } = parsed.selector
  return { ...state, model: formatSelector(leaf) }
}
