import type { JsonDocument } from './scan.ts'
import type { ByteRange, JsonMember } from './span.ts'
import { cut, replaceValue, type Splice } from './splice.ts'

/**
 * Collects edits of a body by the names of its top-level members. They work one after the other, as
 * they would on the parsed object; what they do not name keeps its bytes, white space included. The
 * same edits of the same body give the same bytes.
 */
export interface BodyEditor {
  /** Whether the body has a member of this name after the edits so far. */
  has(name: string): boolean
  /**
   * Replaces the value of a member where it stands, or adds the member behind all others. `json` is
   * serialised JSON.
   */
  set(name: string, json: string): void
  /** Takes a member out, with one comma. Nothing happens when there is none. */
  remove(name: string): void
  /**
   * Gives a member another name where it stands; a member that had that name goes. Nothing happens
   * when there is none.
   */
  rename(name: string, newName: string): void
  /**
   * Adds a splice inside the value of a member of the original body. It is void when the whole
   * value is replaced or removed.
   *
   * @throws RangeError when it is not inside the value of one member.
   */
  splice(splice: Splice): void
  /** All edits as splices of the original bytes, in order. */
  splices(): readonly Splice[]
}

/** A member as the edits so far leave it. */
interface Entry {
  name: string
  readonly original?: JsonMember
  /** The new value. */
  json?: string
  removed: boolean
  /** Splices inside the original value. */
  readonly inner: Splice[]
}

export function createBodyEditor(document: JsonDocument): BodyEditor {
  const entries = document.members.map(
    (original): Entry => ({ name: original.name, original, removed: false, inner: [] }),
  )
  const find = (name: string) => entries.find((entry) => !entry.removed && entry.name === name)
  const remove = (name: string) => {
    const entry = find(name)
    if (entry !== undefined) entry.removed = true
  }
  return {
    has: (name) => find(name) !== undefined,
    set(name, json) {
      const entry = find(name)
      if (entry !== undefined) entry.json = json
      else entries.push({ name, json, removed: false, inner: [] })
    },
    remove,
    rename(name, newName) {
      const entry = find(name)
      if (entry === undefined || name === newName) return
      remove(newName)
      entry.name = newName
    },
    splice(splice) {
      const entry = entries.find(({ original }) => original && holds(original.value, splice))
      if (entry === undefined)
        throw new RangeError('the splice is not inside the value of a member')
      entry.inner.push(splice)
    },
    splices: () => emitSplices(document, entries),
  }
}

function holds(outer: ByteRange, inner: ByteRange): boolean {
  return inner.start >= outer.start && inner.end <= outer.end
}

function emitSplices(document: JsonDocument, entries: readonly Entry[]): Splice[] {
  const { members } = document
  const splices: Splice[] = []
  let anyKept = false
  for (const [index, original] of members.entries()) {
    const entry = entries[index]
    if (entry === undefined || entry.removed) {
      splices.push(cut(memberRange(members, index, anyKept)))
    } else {
      splices.push(...editsOf(entry, original))
      anyKept = true
    }
  }
  const added = entries.slice(members.length).filter((entry) => !entry.removed)
  if (added.length > 0) splices.push(insertion(document, added, anyKept))
  return splices
}

/** A member with the comma before it; with the comma behind it if all before it go. */
function memberRange(members: readonly JsonMember[], index: number, anyKept: boolean): ByteRange {
  const member = members[index]
  const before = members[index - 1]
  const behind = members[index + 1]
  if (member === undefined) throw new RangeError(`no member ${index}`)
  if (anyKept && before !== undefined) return { start: before.value.end, end: member.value.end }
  return { start: member.keyStart, end: behind?.keyStart ?? member.value.end }
}

function editsOf(entry: Entry, original: JsonMember): Splice[] {
  const key = { start: original.keyStart, end: original.keyEnd }
  const renaming =
    entry.name === original.name ? [] : [replaceValue(key, JSON.stringify(entry.name))]
  if (entry.json !== undefined) return [...renaming, replaceValue(original.value, entry.json)]
  return [...renaming, ...entry.inner.toSorted((one, other) => one.start - other.start)]
}

/** New members behind the last one of the original. */
function insertion(document: JsonDocument, added: readonly Entry[], anyKept: boolean): Splice {
  const members = added.map(({ name, json }) => `${JSON.stringify(name)}:${json}`)
  const at = document.members.at(-1)?.value.end ?? document.start + 1
  return replaceValue({ start: at, end: at }, `${anyKept ? ',' : ''}${members.join(',')}`)
}
