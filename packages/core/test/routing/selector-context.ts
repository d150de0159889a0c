import { expect } from 'vitest'
import {
  type CompositeSelector,
  type LeafSelector,
  parseSelector,
  type Selector,
  type SelectorContext,
  type SelectorError,
  type SelectorWarning,
} from '../../src/routing/selector.ts'

const backends: ReadonlySet<string> = new Set([
  'openai',
  'anthropic',
  'openrouter',
  'internlm',
  'minimax',
  'qwen-oauth',
  'openai-codex',
  'infinilm',
  'hybrid',
])

/** A gateway with these backends. */
export const context: SelectorContext = { isBackend: (name) => backends.has(name) }

/** The selector of a text that must parse without warnings. */
export function parse(text: string, within: SelectorContext = context): Selector {
  const result = parseSelector(text, within)
  expect(result).toMatchObject({ ok: true, warnings: [] })
  return result.ok ? result.selector : expect.unreachable()
}

export function parseLeaf(text: string, within: SelectorContext = context): LeafSelector {
  const selector = parse(text, within)
  return selector.kind === 'leaf' ? selector : expect.unreachable('it is a composite')
}

export function parseComposite(text: string): CompositeSelector {
  const selector = parse(text)
  return selector.kind === 'leaf' ? expect.unreachable('it is a leaf') : selector
}

export function parseError(text: string, within: SelectorContext = context): SelectorError {
  const result = parseSelector(text, within)
  return result.ok ? expect.unreachable(`${text} was accepted`) : result.error
}

export function parseWarnings(text: string): readonly SelectorWarning[] {
  const result = parseSelector(text, context)
  return result.ok ? result.warnings : expect.unreachable(result.error.message)
}

/** The same selector with every column 0: the text may be spelled differently. */
export function withoutColumns(selector: Selector): Selector {
  if (selector.kind !== 'leaf') {
    return { ...selector, leaves: selector.leaves.map(leafWithoutColumns) }
  }
  return leafWithoutColumns(selector)
}

function leafWithoutColumns(leaf: LeafSelector): LeafSelector {
  if (leaf.inner === undefined) return { ...leaf, column: 0 }
  const [first, second] = leaf.inner
  return { ...leaf, column: 0, inner: [withoutColumns(first), withoutColumns(second)] }
}
