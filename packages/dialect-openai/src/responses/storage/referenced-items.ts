import { applySplices, type CallHead, createBodyEditor, type JsonObject } from '@jackfield/core'
import { documentOf } from '@jackfield/dialect-kit'
import { outputOf, readRecord } from './answer-record.ts'
import { ownItems } from './own-items.ts'
import { replayable } from './resume-request.ts'

/** What is in every body with a reference. Longer texts would take three times as long to search for. */
const mark = Buffer.from('"item_r')

/** Items of kept answers have ids with that of their answer in them. */
const madeId = /^[a-z]+_([0-9a-f]{32})_(?:in)?\d+$/

/**
 * Ids of the answers whose items a request refers to instead of sending them, as clients do that take it that everything is stored.
 * Only answers of a gateway show in the ids of their items; what a provider stored is for the provider to look up.
 */
export function referencedAnswers(body: Uint8Array, head: CallHead): readonly string[] {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  // Few requests have references, and the others need not be looked through.
  if (!buffer.includes(mark)) return []
  const answers = ownItems(documentOf(body, head)).flatMap(({ refersTo = '' }) => {
    const [, made] = madeId.exec(refersTo) ?? []
    return made === undefined ? [] : [`resp_${made}`]
  })
  return [...new Set(answers)]
}

/** The request with the items of the records in the places of references to them. Everything else stays as it came. */
export function insertItems(
  body: Uint8Array,
  head: CallHead,
  records: readonly JsonObject[],
): Uint8Array {
  const document = documentOf(body, head)
  const kept = records.map(readRecord).flatMap((record) => [...record.input, ...outputOf(record)])
  const known = new Map(kept.map((item) => [item['id'], item]))
  const items = ownItems(document).flatMap(({ text, refersTo }) => {
    const item = known.get(refersTo)
    return item === undefined ? [text] : replayable(item).map((one) => JSON.stringify(one))
  })
  const editor = createBodyEditor(document)
  editor.set('input', `[${items.join(',')}]`)
  return applySplices(body, editor.splices())
}
