import { type Citation, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { responsesName } from '../names.ts'

/** `annotations` of an `output_text` part. */
export function decodeAnnotations(value: JsonValue | undefined): Citation[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(decodeAnnotation) : []
}

export function decodeAnnotation(annotation: JsonObject): Citation {
  const { url, title, filename, start_index: start, end_index: end } = annotation
  const name = title ?? filename
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof name === 'string' ? { title: name } : {}),
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    raw: { dialect: responsesName, value: annotation },
  }
}

/** An annotation for clients; `undefined` for a citation without a URL, which this protocol cannot show. `length` of the text. */
export function encodeAnnotation(citation: Citation, length: number): JsonObject | undefined {
  const { raw, url } = citation
  if (raw?.dialect === responsesName && isJsonObject(raw.value)) return raw.value
  if (url === undefined) return undefined
  return {
    type: 'url_citation',
    url,
    title: citation.title ?? url,
    start_index: citation.start ?? 0,
    end_index: citation.end ?? length,
  }
}

/** The annotations of a text that this dialect itself made: what a provider gets back. */
export function ownAnnotations(citations: readonly Citation[] | undefined): JsonObject[] {
  return (citations ?? []).flatMap(({ raw }) =>
    raw?.dialect === responsesName && isJsonObject(raw.value) ? [raw.value] : [],
  )
}
