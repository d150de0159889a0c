import {
  type ConversationEdit,
  type ConversationSpans,
  type MessageSpan,
  readString,
  type TextEdit,
} from '@jackfield/core'
import { skipSpaces, type TextRange } from '../text/characters.ts'
import { hasCommands, isOnlyCommands, type ReadMessage } from './read-conversation.ts'
import { isRefusal } from './refusal.ts'

/** What a message becomes of which a model has heard although it is nothing but commands: its answer must not stand alone. */
const placeholder = '…'

/** What is to be taken out of a conversation before a model hears of it. */
export interface ConversationCut {
  readonly edits: readonly ConversationEdit[]
  /** Somebody but the gateway and its operator still says something. */
  readonly hasMessages: boolean
}

/**
 * Takes the commands out of a conversation, and the answers that the gateway gave to them. Depends on the conversation alone, so that the
 * same history gives the same bytes from turn to turn.
 */
export function cutConversation(
  bytes: Buffer,
  { messages }: ConversationSpans,
  read: readonly ReadMessage[],
): ConversationCut {
  const gone = new Set<number>()
  const edits: ConversationEdit[] = []
  for (const message of read) {
    if (!hasCommands(message)) continue
    const reply = replyTo(message, messages, bytes)
    const made = editsOf(message, reply)
    for (const edit of made) {
      edits.push(edit)
      if ('remove' in edit && edit.remove === 'message') gone.add(edit.message)
    }
  }
  const hasMessages = messages.some(({ role }, at) => !gone.has(at) && !isInstruction(role))
  return { edits, hasMessages }
}

function isInstruction(role: string | undefined): boolean {
  return role === 'system' || role === 'developer'
}

/** What follows a message. */
interface Reply {
  readonly at: number
  /** `model`: it calls tools, which the gateway does not. `refusal`: the gateway did not send the message. */
  readonly from: 'model' | 'anybody' | 'refusal'
}

function replyTo(
  { at }: ReadMessage,
  messages: readonly MessageSpan[],
  bytes: Buffer,
): Reply | undefined {
  let next = at + 1
  while (isInstruction(messages[next]?.role)) next += 1
  const span = messages[next]
  if (span === undefined || (span.role !== 'assistant' && span.role !== 'model')) return undefined
  if (span.others > 0) return { at: next, from: 'model' }
  const [first] = span.texts
  const text = first === undefined ? '' : readString(bytes, { ...first, kind: 'string' })
  return { at: next, from: isRefusal(text) ? 'refusal' : 'anybody' }
}

function editsOf(message: ReadMessage, reply: Reply | undefined): readonly ConversationEdit[] {
  const isRefused = reply?.from === 'refusal'
  const isAnswered = isRefused || (isOnlyCommands(message) && reply?.from !== 'model')
  const cut = cutMessage(message, { whole: isAnswered, isAlone: reply?.from === 'model' })
  if (!isAnswered || reply === undefined) return cut
  return [...cut, { remove: 'message', message: reply.at }]
}

/** `whole`: all that the person wrote goes. `isAlone`: the message may not go as a whole. */
function cutMessage(
  { at, span, texts }: ReadMessage,
  { whole, isAlone }: { readonly whole: boolean; readonly isAlone: boolean },
): readonly ConversationEdit[] {
  const isOnly = texts.every(({ findings }) => !findings.hasWords)
  const cuts = texts.map(({ text, findings }) => {
    const ranges = whole || isOnly ? findings.own : findings.cuts
    return { text, ranges, isEmpty: isBlankWithout(text, ranges) }
  })
  if (span.others === 0 && cuts.every(({ isEmpty }) => isEmpty)) {
    if (!isAlone) return [{ remove: 'message', message: at }]
    return texts.flatMap(({ text }, index) => standIn(at, { index, text }))
  }
  return cuts.flatMap(({ text, ranges, isEmpty }, index): readonly ConversationEdit[] => {
    if (ranges.length === 0) return []
    if (isEmpty && span.texts[index]?.part !== undefined) {
      return [{ remove: 'text', message: at, text: index }]
    }
    return editsOfText(text, ranges).map((edit) => ({ message: at, text: index, ...edit }))
  })
}

function standIn(
  message: number,
  { index, text }: { readonly index: number; readonly text: string },
): readonly ConversationEdit[] {
  return [{ message, text: index, start: 0, end: text.length, insert: placeholder }]
}

/** Cuts in one text that are made one by one: every one of them is looked for from the beginning of the text. */
const maxCuts = 16

/** The cuts of a text; where they are many, one change for all from the first to the last. */
function editsOfText(
  text: string,
  ranges: readonly TextRange[],
): readonly Pick<TextEdit, 'start' | 'end' | 'insert'>[] {
  const [first] = ranges
  const last = ranges.at(-1)
  if (first === undefined || last === undefined || ranges.length <= maxCuts) {
    return ranges.map((range) => ({ ...range, insert: '' }))
  }
  const kept = ranges.map(({ end }, index) => text.slice(end, ranges[index + 1]?.start ?? end))
  return [{ start: first.start, end: last.end, insert: kept.join('') }]
}

/** Whether nothing but white space would be left of a text. */
function isBlankWithout(text: string, ranges: readonly TextRange[]): boolean {
  let at = 0
  for (const { start, end } of ranges) {
    if (skipSpaces(text, at, start) < start) return false
    at = end
  }
  return skipSpaces(text, at, text.length) === text.length
}
