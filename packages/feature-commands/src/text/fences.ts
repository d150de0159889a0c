import { skipBlanks } from './characters.ts'
import { findLineEnd } from './line-end.ts'

/** How a block of fenced code was opened. */
export interface Fence {
  readonly character: '`' | '~'
  readonly length: number
}

/** The fence that a line opens whose first character that is no white space stands at `first`. */
export function readFence(text: string, first: number, end: number): Fence | undefined {
  const character = text[first]
  if (character !== '`' && character !== '~') return undefined
  const runEnd = skipRun(text, first, end, character)
  const length = runEnd - first
  if (length < 3) return undefined
  // ```words``` on one line is code within a line.
  const isInline = character === '`' && text.slice(runEnd, end).includes('`')
  return isInline ? undefined : { character, length }
}

/** The end of the line that closes the block whose opening line ends at `lineEnd`; the end of the text where none does. */
export function findFenceEnd(text: string, lineEnd: number, fence: Fence): number {
  let end = lineEnd
  while (end < text.length) {
    const start = end + 1
    end = findLineEnd(text, start)
    const first = skipBlanks(text, start, end)
    const runEnd = skipRun(text, first, end, fence.character)
    if (runEnd - first >= fence.length && skipBlanks(text, runEnd, end) === end) return end
  }
  return text.length
}

function skipRun(text: string, at: number, end: number, character: string): number {
  let position = at
  while (position < end && text[position] === character) position += 1
  return position
}
