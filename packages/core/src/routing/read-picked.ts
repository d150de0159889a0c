import { GatewayError } from '../errors/gateway-error.ts'
import { type Picked, rename } from './pick.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import {
  type CompositeSelector,
  formatSelector,
  type LeafSelector,
  parseSelector,
  type Selector,
  type SelectorWarning,
} from './selector.ts'
import { shorten } from './shorten.ts'

/** What a call goes by, and what of it was ignored. */
export interface ReadSelector {
  readonly selector: Selector
  readonly warnings: readonly string[]
}

/** A call, the configuration that it meets, and a place for what is decided, in words. */
interface Reading {
  readonly request: RoutingRequest
  readonly view: RoutingView
  readonly decision: string[]
}

const noWarnings: readonly string[] = []

/** What joins leaves. A name without any of these is one place. */
const operator = /[|^!]/

/**
 * The selector that was picked, with the first alias that matches applied, once: to the whole name, or to every place of several. Neither
 * a static route nor what a call names is renamed. Throws `invalid_request` for what is no selector.
 */
export function readPicked(picked: Picked, reading: Reading): ReadSelector {
  const { request, view, decision } = reading
  const isFixed = request.pinned !== undefined || view.staticRoute !== undefined
  if (view.aliases === undefined || isFixed) return readSelector(picked, view)
  const several = operator.test(picked.text) ? readComposite(picked, view) : undefined
  if (several !== undefined) return renameLeaves(several, reading)
  const renamed = rename(picked, view)
  if (renamed !== picked) decision.push(`${renamed.source} makes it "${shorten(renamed.text)}"`)
  return readSelector(renamed, view)
}

interface ReadComposite extends ReadSelector {
  readonly selector: CompositeSelector
}

function readComposite(picked: Picked, view: RoutingView): ReadComposite | undefined {
  const result = parseSelector(picked.text, view)
  if (!result.ok || result.selector.kind === 'leaf') return undefined
  return { selector: result.selector, warnings: warningsOf(picked.source, result.warnings) }
}

function renameLeaves({ selector, warnings }: ReadComposite, reading: Reading): ReadSelector {
  const read = selector.leaves.map((leaf) => renameLeaf(leaf, selector.kind, reading))
  return {
    selector: { ...selector, leaves: read.flatMap(({ leaves }) => leaves) },
    warnings: [...warnings, ...read.flatMap((one) => one.warnings)],
  }
}

function renameLeaf(
  leaf: LeafSelector,
  kind: CompositeSelector['kind'],
  { view, decision }: Reading,
): { readonly leaves: readonly LeafSelector[]; readonly warnings: readonly string[] } {
  const own = { text: bareText(leaf, view), source: 'model' }
  const renamed = rename(own, view)
  if (renamed === own) return { leaves: [leaf], warnings: noWarnings }
  decision.push(`${renamed.source} makes "${shorten(renamed.text)}" of "${shorten(own.text)}"`)
  const { selector, warnings } = readSelector({ ...renamed, over: leaf }, view)
  if (selector.kind === 'leaf') return { leaves: [selector], warnings }
  if (selector.kind === kind) return { leaves: selector.leaves, warnings }
  throw invalid(
    `${renamed.source} makes several places of "${shorten(own.text)}", which are joined in another way than those beside it. Name it alone.`,
  )
}

/** A place without its annotations and parameters. */
function bareText(leaf: LeafSelector, view: RoutingView): string {
  return formatSelector({ ...leaf, annotations: {}, parameters: {} }, view)
}

/** The selector in a text. The name of a backend alone leaves the model open. */
function readSelector({ text, source, over }: Picked, view: RoutingView): ReadSelector {
  if (view.isBackend(text)) {
    const leaf = { backend: text, model: '', annotations: {}, parameters: {}, column: 1 }
    return { selector: dress({ kind: 'leaf', ...leaf }, over), warnings: noWarnings }
  }
  const result = parseSelector(text, view)
  if (!result.ok) throw invalid(`${source}, column ${result.error.column}: ${result.error.message}`)
  const { selector, warnings } = result
  return {
    selector: over === undefined ? selector : dressAll(selector, over),
    warnings: warningsOf(source, warnings),
  }
}

function dressAll(selector: Selector, over: Picked['over']): Selector {
  if (selector.kind === 'leaf') return dress(selector, over)
  return { ...selector, leaves: selector.leaves.map((leaf) => dress(leaf, over)) }
}

function dress(leaf: LeafSelector, over: Picked['over']): LeafSelector {
  if (over === undefined) return leaf
  return {
    ...leaf,
    annotations: { ...leaf.annotations, ...over.annotations },
    parameters: { ...leaf.parameters, ...over.parameters },
  }
}

function warningsOf(source: string, warnings: readonly SelectorWarning[]): readonly string[] {
  if (warnings.length === 0) return noWarnings
  return warnings.map(({ column, message }) => `${source}, column ${column}: ${message}`)
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'model' })
}
