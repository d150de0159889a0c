import {
  type ByteRange,
  type ConversationEdit,
  type ConversationSpans,
  type MessageSpan,
  type Splice,
  stringRange,
  type TextEdit,
  type TextRemoval,
  type TextSpan,
} from '@jackfield/core'
import { cutElements } from './cut-elements.ts'
import type { Editing } from './edit-body.ts'

/** A message that something happens to. */
interface MessageChange {
  readonly index: number
  readonly message: MessageSpan
  readonly edits: readonly ConversationEdit[]
}

/** A text that something happens to. */
interface TextChange {
  readonly index: number
  readonly text: TextSpan
  readonly edits: readonly (TextEdit | TextRemoval)[]
}

/**
 * Adds changes of the conversation to those of a body. What is taken out of a list goes with one comma; of a text or message that
 * is taken out, every other change is void. `spans` is called only where there are changes.
 *
 * @throws RangeError for a message, text or place in a text that is not there, for something to be taken out of what is no list, and
 * where nothing would be left of a list.
 */
export function addConversationEdits(
  { document, editor }: Editing,
  edits: readonly ConversationEdit[],
  spans: () => ConversationSpans,
): void {
  if (edits.length === 0) return
  const changes = messageChanges(spans().messages, edits)
  const gone = changes.filter(isTakenOut).map(({ message }) => message)
  const splices = [
    ...cutElements(document.bytes, gone, 'the conversation'),
    ...changes.flatMap((change) =>
      isTakenOut(change) ? [] : contentSplices(document.bytes, change),
    ),
  ]
  for (const splice of splices) editor.splice(splice)
}

function messageChanges(
  messages: readonly MessageSpan[],
  edits: readonly ConversationEdit[],
): readonly MessageChange[] {
  return groupsOf(edits, ({ message }) => message).map(([index, group]) => {
    const message = messages[index]
    if (message === undefined) throw new RangeError(`there is no message ${index}`)
    return { index, message, edits: group }
  })
}

function isTakenOut({ edits }: MessageChange): boolean {
  return !edits.every(isOfText)
}

function isOfText(edit: ConversationEdit): edit is TextEdit | TextRemoval {
  return 'text' in edit
}

/** What happens to the texts of a message that stays. */
function contentSplices(bytes: Uint8Array, change: MessageChange): readonly Splice[] {
  const content = `the content of message ${change.index}`
  const changes = textChanges(change)
  const gone = changes.filter(isCut).map(({ text, index }) => {
    if (text.part !== undefined) return text.part
    throw new RangeError(`text ${index} stands in no list of ${content}`)
  })
  return [
    ...cutElements(bytes, gone, content),
    ...changes.flatMap((one) => (isCut(one) ? [] : textSplices(bytes, one))),
  ]
}

function textChanges({ index: place, message, edits }: MessageChange): readonly TextChange[] {
  const ofTexts = edits.filter(isOfText)
  return groupsOf(ofTexts, ({ text }) => text).map(([index, group]) => {
    const text = message.texts[index]
    if (text === undefined) throw new RangeError(`message ${place} has no text ${index}`)
    return { index, text, edits: group }
  })
}

function isCut({ edits }: TextChange): boolean {
  return edits.some((edit) => 'remove' in edit)
}

/** In the order of the text; what is put in where a cut begins stands before it. */
function textSplices(bytes: Uint8Array, { text, edits }: TextChange): readonly Splice[] {
  return edits
    .flatMap((edit) => ('remove' in edit ? [] : [textSplice(bytes, text, edit)]))
    .toSorted((one, other) => one.start - other.start || one.end - other.end)
}

function textSplice(bytes: Uint8Array, text: ByteRange, edit: TextEdit): Splice {
  const range = stringRange(bytes, { ...text, kind: 'string' }, edit.start, edit.end)
  return { ...range, insert: Buffer.from(JSON.stringify(edit.insert).slice(1, -1)) }
}

/** Edits by what they change, in its order. */
function groupsOf<Edit>(
  edits: readonly Edit[],
  indexOf: (edit: Edit) => number,
): readonly (readonly [index: number, edits: readonly Edit[]])[] {
  return [...Map.groupBy(edits, indexOf)].toSorted(([one], [other]) => one - other)
}
