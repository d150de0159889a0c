import { type OpaqueState, objectElements } from '@jackfield/core'
import { memberSpan, memberText, tryScan } from '@jackfield/dialect-kit'
import { demandsThinking, readLoop } from '../request/loop.ts'

const resultMark = Buffer.from('"tool_result"')
const assistantMark = Buffer.from('"assistant"')
const thinkingMarks = [Buffer.from('"thinking"'), Buffer.from('"redacted_thinking"')]

const none: readonly OpaqueState[] = []

/**
 * The calls of an open tool loop that lack the thinking that `thinking: {type: "enabled"}` demands before them. The provider's own
 * answers have it, so whose calls they are decides; where the model chooses when to think nothing is missed.
 */
export function bareCalls(body: Uint8Array): readonly OpaqueState[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!mayBeBare(bytes)) return none
  const document = tryScan(body)
  if (document === undefined || !demandsThinking(document)) return none
  const { isOpen, thinks, assistant } = readLoop(document)
  const content = memberSpan(assistant, 'content')
  if (!isOpen || thinks || content?.kind !== 'array') return none
  return [...objectElements(body, content, { duplicates: 'keep' })].flatMap(({ members = [] }) => {
    const id = memberText(body, members, 'type') === 'tool_use' && memberText(body, members, 'id')
    return id ? [{ kind: 'call', data: id }] : []
  })
}

/** By far the most bodies have no results, or thinking behind the last place where an assistant is named. */
function mayBeBare(bytes: Buffer): boolean {
  if (!bytes.includes(resultMark)) return false
  const last = bytes.subarray(Math.max(0, bytes.lastIndexOf(assistantMark)))
  return !last.includes(resultMark) || !thinkingMarks.some((mark) => isBlock(last, mark))
}

/** Whether a word is there as the type of a block, and not as the name of the request's member. */
function isBlock(bytes: Buffer, mark: Buffer): boolean {
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    let next = at + mark.length
    while ((bytes[next] ?? SPACE + 1) <= SPACE) next += 1
    if (bytes[next] !== COLON) return true
  }
  return false
}

const SPACE = 0x20
const COLON = 0x3a
