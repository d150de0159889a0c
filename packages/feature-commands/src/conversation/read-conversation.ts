import { type ConversationSpans, type MessageSpan, readString } from '@jackfield/core'
import { type CommandRules, findCommands, type TextFindings } from '../text/find-commands.ts'
import { mayContain } from './byte-search.ts'

/** One text of a message in which commands may stand. */
export interface ReadText {
  readonly text: string
  readonly findings: TextFindings
}

/** A message of a person with something in it that looks like a command. */
export interface ReadMessage {
  /** Its place among all messages. */
  readonly at: number
  readonly span: MessageSpan
  /** By their places; `undefined` where nothing looks like a command. */
  readonly texts: readonly ReadText[]
}

/** The messages of people in which commands may stand, in their order. Looks only at what may contain a prefix. */
export function readConversation(
  bytes: Buffer,
  { messages }: ConversationSpans,
  rules: CommandRules,
): readonly ReadMessage[] {
  const read: ReadMessage[] = []
  for (const [at, span] of messages.entries()) {
    if (span.role !== 'user') continue
    const raw = bytes.subarray(span.start, span.end)
    if (!rules.prefixes.some((prefix) => mayContain(raw, prefix))) continue
    const texts = span.texts.map((token) => readText(bytes, token, rules))
    const isOfInterest = texts.some(
      ({ findings }) =>
        findings.commands.length + findings.mistakes.length + findings.doubtful.length > 0,
    )
    if (isOfInterest) read.push({ at, span, texts })
  }
  return read
}

function readText(
  bytes: Buffer,
  { start, end }: MessageSpan['texts'][number],
  rules: CommandRules,
): ReadText {
  const text = readString(bytes, { kind: 'string', start, end })
  return { text, findings: findCommands(text, rules) }
}

/** Whether a message is nothing but commands, and what looks like them. Context that an agent added does not count. */
export function isOnlyCommands({ span, texts }: ReadMessage): boolean {
  return span.others === 0 && texts.every(({ findings }) => !findings.hasWords)
}

/** Whether something in a message is certainly a command, or meant as one. */
export function hasCommands(message: ReadMessage): boolean {
  const isCertain = ({ findings }: ReadText) =>
    findings.commands.length + findings.mistakes.length > 0
  return message.texts.some(isCertain) || isOnlyCommands(message)
}
