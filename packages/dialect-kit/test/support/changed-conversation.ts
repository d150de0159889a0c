import type { ConversationEdit } from '@jackfield/core'
import fc from 'fast-check'
import { trickyString } from '../../../core/test/json/arbitrary-json.ts'

/** A text, or something else, in one of the forms that a protocol has for it. */
export interface Piece {
  readonly text?: string
  readonly form: number
}

export interface Turn {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly content: string | readonly Piece[]
}

/** A turn that stays: where it was, and where the texts are now that stay as they are. Without texts: all of it stays. */
export interface KeptTurn {
  readonly before: number
  readonly texts?: readonly { readonly before: number; readonly after: number }[]
}

/** A conversation, and what is changed of it. */
export interface ChangedConversation {
  readonly turns: readonly Turn[]
  readonly edits: readonly ConversationEdit[]
  /** What stays, as the edits say it. */
  readonly expected: readonly Turn[]
  readonly kept: readonly KeptTurn[]
}

type Fate = 'keep' | 'remove' | 'edit'

/** A piece and what becomes of it: of a text that is edited, pieces between `cuts` give way to others. */
interface FatedPiece extends Piece {
  readonly fate: Fate
  readonly cuts: readonly number[]
  readonly inserts: readonly string[]
}

interface FatedTurn {
  readonly role: Turn['role']
  readonly pieces: readonly FatedPiece[]
  readonly isPlain: boolean
  readonly isGone: boolean
}

const fatedPiece: fc.Arbitrary<FatedPiece> = fc.record(
  {
    text: trickyString,
    form: fc.nat(99),
    fate: fc.constantFrom<Fate>('keep', 'remove', 'edit'),
    cuts: fc.array(fc.nat(999), { minLength: 4, maxLength: 4 }),
    inserts: fc.array(fc.oneof(fc.constant(''), trickyString), { minLength: 2, maxLength: 2 }),
  },
  { requiredKeys: ['form', 'fate', 'cuts', 'inserts'] },
)

const fatedTurn: fc.Arbitrary<FatedTurn> = fc
  .record({
    role: fc.constantFrom<Turn['role']>('user', 'assistant', 'tool'),
    pieces: fc.array(fatedPiece, { minLength: 1, maxLength: 5 }),
    isPlain: fc.boolean(),
    isGone: fc.boolean(),
  })
  .map(possible)

/** Only what is in a list can be taken out, and not all that is in it. */
function possible(turn: FatedTurn): FatedTurn {
  const [first, ...rest] = turn.pieces
  if (first === undefined) return turn
  const isPlain = turn.isPlain && first.text !== undefined
  if (!isPlain && turn.pieces.some(staysIn)) return { ...turn, isPlain }
  const stays: FatedPiece = first.fate === 'remove' ? { ...first, fate: 'keep' } : first
  return { ...turn, isPlain, pieces: isPlain ? [stays] : [stays, ...rest] }
}

function staysIn({ text, fate }: FatedPiece): boolean {
  return text === undefined || fate !== 'remove'
}

/** Conversations with any changes that are possible; some of these are void. */
export const changedConversation: fc.Arbitrary<ChangedConversation> = fc
  .array(fatedTurn, { minLength: 1, maxLength: 6 })
  .map((turns) => {
    const [first, ...rest] = turns
    const isAllGone = turns.every(({ isGone }) => isGone)
    return isAllGone && first !== undefined ? [{ ...first, isGone: false }, ...rest] : turns
  })
  .map((turns) => ({
    turns: turns.map((turn) => turnOf(turn, turn.pieces)),
    edits: turns.flatMap(editsOf),
    expected: turns.filter(({ isGone }) => !isGone).map(changedTurn),
    kept: turns.flatMap((turn, before) => (turn.isGone ? [] : [{ before, ...keptTexts(turn) }])),
  }))

function turnOf({ role, isPlain }: FatedTurn, pieces: readonly Piece[]): Turn {
  return { role, content: isPlain ? (pieces[0]?.text ?? '') : pieces.map(pieceOf) }
}

function pieceOf({ text, form }: Piece): Piece {
  return text === undefined ? { form } : { text, form }
}

function editsOf(turn: FatedTurn, message: number): readonly ConversationEdit[] {
  const texts = turn.pieces.filter(({ text }) => text !== undefined)
  const edits = texts.flatMap((piece, text) => textEdits(piece, message, text))
  return turn.isGone ? [...edits, { remove: 'message', message }] : edits
}

function textEdits(piece: FatedPiece, message: number, text: number): readonly ConversationEdit[] {
  const edits = rangesOf(piece).map((range) => ({ message, text, ...range }))
  if (piece.fate === 'keep') return []
  return piece.fate === 'edit' ? edits : [{ remove: 'text', message, text }, ...edits]
}

/** Up to two places of a text, apart from each other, neither of which parts a surrogate pair. */
function rangesOf({ text = '', cuts, inserts }: FatedPiece) {
  const bounds = [0]
  for (const character of text) bounds.push((bounds.at(-1) ?? 0) + character.length)
  const places = cuts
    .map((cut) => bounds[cut % bounds.length] ?? 0)
    .toSorted((one, other) => one - other)
  const [a = 0, b = 0, c = 0, d = 0] = places
  const [first = '', second = ''] = inserts
  const range = { start: a, end: b, insert: first }
  return c > b ? [range, { start: c, end: d, insert: second }] : [range]
}

function changedTurn(turn: FatedTurn): Turn {
  const stay = turn.pieces.filter(staysIn)
  return turnOf(
    turn,
    stay.map((piece) => (piece.fate === 'edit' ? { ...piece, ...changedText(piece) } : piece)),
  )
}

function changedText(piece: FatedPiece): Pick<Piece, 'text'> {
  if (piece.text === undefined) return {}
  const change = (text: string, { start, end, insert }: ReturnType<typeof rangesOf>[number]) =>
    text.slice(0, start) + insert + text.slice(end)
  return { text: rangesOf(piece).reduceRight(change, piece.text) }
}

function keptTexts({ pieces }: FatedTurn): Pick<KeptTurn, 'texts'> {
  const texts = pieces.filter(({ text }) => text !== undefined)
  if (texts.every(({ fate }) => fate === 'keep')) return {}
  const stay = texts.filter(staysIn)
  return {
    texts: texts.flatMap((piece, before) =>
      piece.fate === 'keep' ? [{ before, after: stay.indexOf(piece) }] : [],
    ),
  }
}
