import { GatewayError, type LeafSelector, parseSelector } from '@jackfield/core'

/** Who thinks and who answers, each a selector that can be dispatched. */
export interface ModelPair {
  readonly reasoning: string
  readonly execution: string
}

/**
 * Reads the model that this backend is asked for: `[reasoning,execution]`, in the canonical form of the host's parser, in which ids have
 * no bare brackets and commas. Throws `invalid_request` for anything else.
 */
export function readPair(model: string, name: string): ModelPair {
  const comma = model.startsWith('[') && model.endsWith(']') ? commaBetween(model) : undefined
  if (comma === undefined) throw noPair(name)
  const reasoning = model.slice(1, comma)
  const execution = model.slice(comma + 1, -1)
  if (reasoning.trim() === '' || execution.trim() === '') throw noPair(name)
  return { reasoning, execution }
}

/** Where the outer pair is parted; annotations and pairs inside it have commas of their own. */
function commaBetween(model: string): number | undefined {
  let depth = 0
  for (let at = 0; at < model.length; at += 1) {
    const character = model[at]
    if (character === '[') depth += 1
    else if (character === ']') depth -= 1
    else if (character === ',' && depth === 1) return at
  }
  return undefined
}

/** Throws `invalid_request` where a reasoning model is at one of these backends. */
export function refuseIncompatible(reasoning: string, incompatible: ReadonlySet<string>): void {
  const parsed = parseSelector(reasoning, { isBackend: () => true, takesPair: () => true })
  if (!parsed.ok) return
  const { selector } = parsed
  const leaves: readonly LeafSelector[] = selector.kind === 'leaf' ? [selector] : selector.leaves
  for (const { backend, vendorBackend } of leaves) {
    const named = backend ?? vendorBackend
    if (named === undefined || !incompatible.has(named)) continue
    throw new GatewayError(
      'invalid_request',
      `The backend "${named}" shows no reasoning and cannot be the first of a pair. Use another one, or make it the second.`,
      { param: 'model' },
    )
  }
}

function noPair(name: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `The backend "${name}" needs two models: "${name}:[backend:reasoning-model,backend:execution-model]".`,
    { param: 'model' },
  )
}
