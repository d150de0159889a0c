import type { CallParameters } from '../chat/parameters.ts'
import { readRoute, readVendor, reservedPrefixes } from './selector-address.ts'
import { encodeTarget, encodeText } from './selector-encoding.ts'
import type { LeafAnnotations, LeafSelector, Selector, SelectorContext } from './selector-types.ts'

type PrinterContext = Pick<SelectorContext, 'isBackend'>

const withoutBackends: PrinterContext = { isBackend: () => false }

const operators = { fallback: '|', weighted: '^', race: '!' } as const

/**
 * The canonical text of a selector: operators in ids encoded, annotations and parameters in a fixed order, no white
 * space. Parsing it with the same `context` gives an equal selector, columns aside. Without `context`, a model id that
 * looks like `backend:model` is printed with its bare colon: good to show, not to parse again.
 */
export function formatSelector(
  selector: Selector,
  context: PrinterContext = withoutBackends,
): string {
  if (selector.kind === 'leaf') return formatLeaf(selector, context)
  const leaves = selector.leaves.map((leaf) => formatLeaf(leaf, context))
  return leaves.join(operators[selector.kind])
}

function formatLeaf(leaf: LeafSelector, context: PrinterContext): string {
  const annotations = formatAnnotations(leaf.annotations)
  const parameters = formatParameters(leaf.parameters)
  if (leaf.backend === undefined) return annotations + formatModelId(leaf, context) + parameters
  const target = leaf.target === undefined ? '' : `.${encodeTarget(leaf.target)}`
  const model =
    leaf.inner === undefined
      ? encodeText(leaf.model)
      : `[${leaf.inner.map((side) => formatSelector(side, context)).join(',')}]`
  return `${annotations}${leaf.backend}${target}:${model}${parameters}`
}

/** Encodes also the colons and slashes that would make something else of a model id. */
function formatModelId(leaf: LeafSelector, context: PrinterContext): string {
  let model = encodeText(leaf.model)
  if (readVendor(model, context) !== leaf.vendorBackend) model = model.replace('/', '%2F')
  const prefix = model.slice(0, Math.max(model.indexOf(':'), 0))
  const hidden = reservedPrefixes.has(prefix) || readRoute(prefix, context) !== undefined
  return hidden ? model.replaceAll(':', '%3A') : model
}

function formatAnnotations(annotations: LeafAnnotations): string {
  const entries = formatEntries([
    ['weight', annotations.weight],
    ['first', annotations.first && 1],
    ['max_context', annotations.maxContext],
    ['handicap', inSeconds(annotations.handicapMs)],
    ['connect_timeout', inSeconds(annotations.connectTimeoutMs)],
    ['ttft_timeout', inSeconds(annotations.ttftTimeoutMs)],
    ['idle_timeout', inSeconds(annotations.idleTimeoutMs)],
    ['total_timeout', inSeconds(annotations.totalTimeoutMs)],
  ])
  return entries.length === 0 ? '' : `[${entries.join(',')}]`
}

function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000
}

function formatParameters(parameters: CallParameters): string {
  const entries = formatEntries([
    ['temperature', parameters.temperature],
    ['top_p', parameters.topP],
    ['top_k', parameters.topK],
    ['reasoning_effort', parameters.reasoningEffort],
    ['verbosity', parameters.verbosity],
    ['max_output_tokens', parameters.maxOutputTokens],
  ])
  return entries.length === 0 ? '' : `?${entries.join('&')}`
}

function formatEntries(entries: readonly [string, string | number | undefined][]): string[] {
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
}
