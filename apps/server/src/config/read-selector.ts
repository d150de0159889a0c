import {
  type LeafSelector,
  parseSelector,
  type Selector,
  type SelectorContext,
} from '@jackfield/core'
import { isShowableText } from './names.ts'
import type { WrittenSelector } from './written-selectors.ts'

/** One place of a selector. */
export interface ReadLeaf {
  readonly leaf: LeafSelector
  /** From 1, in the text as it is written. */
  readonly column: number
  /** The text from there on, as it is written. */
  readonly rest: string
  /** It stands in a pair. */
  readonly isInner: boolean
}

/** Something to say of a selector. */
export interface SelectorFinding {
  readonly column: number
  readonly message: string
}

/** What a selector of the configuration says, as far as that is known before a request comes. */
export interface ReadSelector {
  /** Also those in pairs. */
  readonly leaves: readonly ReadLeaf[]
  /** What is dropped. */
  readonly warnings: readonly SelectorFinding[]
  /** Why it is no selector. */
  readonly error?: SelectorFinding
}

/** Reads a selector. In a replacement, groups stand for anything, and so does what the pattern leaves of a name. */
export function readSelector(written: WrittenSelector, context: SelectorContext): ReadSelector {
  const { text } = written
  // As long as what it stands for, so that columns stay, and good as a name and as nearly every number.
  const parsable = written.role === 'replacement' ? text.replaceAll(groups, '11') : text
  const [whole, ...others] = surroundings(written).map((around) => {
    const { before, after } = around
    return { result: parseSelector(`${before}${parsable}${after}`, context), before }
  })
  const read = [whole, ...others].find((each) => each?.result.ok) ?? whole
  if (read === undefined) return nothing
  const place = (column: number) => Math.max(1, column - read.before.length)
  const tell = (finding: SelectorFinding): readonly SelectorFinding[] => {
    const column = place(finding.column)
    return startsWithGroup(text, column) ? [] : [{ column, message: shown(finding, text) }]
  }
  if (!read.result.ok) {
    const [error] = tell(read.result.error)
    return error === undefined ? nothing : { ...nothing, error }
  }
  const { selector, warnings } = read.result
  const leaves = leavesOf(selector).map((leaf) => {
    const column = place(leaf.leaf.column)
    return { ...leaf, column, rest: text.slice(column - 1) }
  })
  return { leaves, warnings: warnings.flatMap(tell) }
}

const nothing: ReadSelector = { leaves: [], warnings: [] }

const groups = /\\[0-9]/g

/** What may stand around a replacement: nothing, and whatever its pattern leaves of a name. */
function surroundings({
  pattern = '^$',
}: WrittenSelector): readonly { readonly before: string; readonly after: string }[] {
  const isPlain = !pattern.includes('|')
  const isAtStart = isPlain && pattern.startsWith('^')
  const isAtEnd = isPlain && /(?<!\\)\$$/.test(pattern)
  const befores = isAtStart ? [''] : ['', '1']
  const afters = isAtEnd ? [''] : ['', '1']
  return befores.flatMap((before) => afters.map((after) => ({ before, after })))
}

/** Whether the piece of a replacement that is complained of holds a group: nobody knows what it will be. */
function startsWithGroup(text: string, column: number): boolean {
  const [piece = ''] = text.slice(column - 1).split(/[,&\]|^!]/, 1)
  return /\\[0-9]/.test(piece)
}

/** What the parser says quotes the text, which is fit to be shown only if it looks like a selector. */
function shown({ message }: SelectorFinding, text: string): string {
  return isShowableText(text) ? message : 'A part of it is not valid.'
}

/** All leaves of a selector, those in pairs behind the pair. */
function leavesOf(
  selector: Selector,
  isInner = false,
): readonly Pick<ReadLeaf, 'leaf' | 'isInner'>[] {
  const leaves = selector.kind === 'leaf' ? [selector] : selector.leaves
  return leaves.flatMap((leaf) => [
    { leaf, isInner },
    ...(leaf.inner ?? []).flatMap((side) => leavesOf(side, true)),
  ])
}
