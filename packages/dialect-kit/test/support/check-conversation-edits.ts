import type { ByteRange, CallHead, ConversationEdit, Dialect } from '@jackfield/core'
import fc from 'fast-check'
import { expect } from 'vitest'
import { spelling } from '../../../core/test/json/arbitrary-json.ts'
import { changedConversation, type KeptTurn, type Turn } from './changed-conversation.ts'

/** How bodies of a dialect are made. */
export interface Bodies {
  readonly dialect: Dialect
  readonly bodyOf: (turns: readonly Turn[]) => object
  readonly headOf: (body: Uint8Array) => CallHead
}

/**
 * Holds for any conversation in any spelling: what is changed of the bytes is what would be changed of the object, every other byte
 * stays, and the same changes make the same bytes, in whatever order they come.
 */
export function checkConversationEdits({ dialect, bodyOf, headOf }: Bodies): void {
  const edit = (body: Uint8Array, conversation: readonly ConversationEdit[]) =>
    Buffer.from(dialect.editRequest(body, headOf(body), { conversation }))
  fc.assert(
    fc.property(changedConversation, spelling, ({ turns, edits, expected, kept }, spell) => {
      const body = Buffer.from(spell(bodyOf(turns)))

      const edited = edit(body, edits)

      expect(JSON.parse(edited.toString())).toEqual(bodyOf(expected))
      expect(edit(body, edits.toReversed()).equals(edited)).toBe(true)
      const before = tokensOf(body, { dialect, headOf }, kept.map(placesBefore))
      expect(tokensOf(edited, { dialect, headOf }, kept.map(placesAfter))).toEqual(before)
    }),
  )
}

/** A message, and those of its texts that stay. */
interface Places {
  readonly message: number
  readonly texts?: readonly number[]
}

function placesBefore({ before, texts }: KeptTurn): Places {
  return { message: before, ...(texts && { texts: texts.map((text) => text.before) }) }
}

function placesAfter({ texts }: KeptTurn, message: number): Places {
  return { message, ...(texts && { texts: texts.map((text) => text.after) }) }
}

/** Everything that no change touches, byte for byte. */
function tokensOf(
  body: Buffer,
  { dialect, headOf }: Pick<Bodies, 'dialect' | 'headOf'>,
  places: readonly Places[],
): readonly string[] {
  const { messages } = dialect.spans(body, headOf(body))
  const text = ({ start, end }: ByteRange) => body.toString('latin1', start, end)
  const kept = places.flatMap(({ message, texts }) => {
    const span = messages[message]
    if (span === undefined) throw new Error(`no message ${message}`)
    if (texts === undefined) return [text(span)]
    return texts.map((index) => text(span.texts[index]?.part ?? span.texts[index] ?? span))
  })
  const start = messages[0]?.start ?? 0
  const end = messages.at(-1)?.end ?? 0
  return [text({ start: 0, end: start }), ...kept, text({ start: end, end: body.length })]
}
