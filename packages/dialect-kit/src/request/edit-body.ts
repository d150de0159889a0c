import {
  applySplices,
  type BodyEditor,
  type BodyPatch,
  type JsonDocument,
  type JsonObject,
  type JsonValue,
  readValue,
  type Splice,
} from '@jackfield/core'

/** A request body on its way to a provider: its scan, and what shall change. */
export interface Editing {
  readonly document: JsonDocument
  readonly editor: BodyEditor
}

/** Sets a top-level member. */
export function setMember({ editor }: Editing, name: string, value: JsonValue): void {
  editor.set(name, JSON.stringify(value))
}

/** Whether a top-level member says nothing. Clients write `null` for "not set". */
export function isUnset({ document, editor }: Editing, name: string): boolean {
  return !editor.has(name) || document.get(name)?.kind === 'null'
}

/** A top-level member that is an object, as the client wrote it. */
export function objectMember(document: JsonDocument, name: string): JsonObject | undefined {
  const span = document.get(name)
  return span?.kind === 'object' ? (readValue(document.bytes, span) as JsonObject) : undefined
}

/** What a backend says once about all bodies of a provider. */
export function applyPatch(editor: BodyEditor, patch: BodyPatch): void {
  if ('remove' in patch) editor.remove(patch.remove)
  else if ('rename' in patch) editor.rename(patch.rename, patch.to)
  else if (patch.when !== 'absent' || !editor.has(patch.set)) {
    editor.set(patch.set, JSON.stringify(patch.value))
  }
}

/** The body with the edits in it: the same array where they change no byte. */
export function spliced(body: Uint8Array, editor: BodyEditor): Uint8Array {
  return applySplices(
    body,
    editor.splices().filter((splice) => changes(body, splice)),
  )
}

function changes(body: Uint8Array, { start, end, insert }: Splice): boolean {
  return insert.length !== end - start || Buffer.compare(body.subarray(start, end), insert) !== 0
}
