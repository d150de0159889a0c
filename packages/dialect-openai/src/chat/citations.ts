import { type Citation, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { chatName } from '../names.ts'

/** `annotations` of a message or delta. */
export function decodeCitations(value: JsonValue | undefined): Citation[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(decodeCitation) : []
}

function decodeCitation(annotation: JsonObject): Citation {
  const holder = annotation['url_citation']
  const {
    url,
    title,
    content,
    start_index: start,
    end_index: end,
  } = isJsonObject(holder) ? holder : {}
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof content === 'string' ? { quote: content } : {}),
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    raw: { dialect: chatName, value: annotation },
  }
}

/** Where a text stands in the content, into which all texts of an answer are joined. */
export interface TextPlace {
  readonly start: number
  readonly length: number
}

/** A citation for clients; `undefined` for one without a URL, which this protocol cannot show. */
export function encodeCitation(citation: Citation, place: TextPlace): JsonObject | undefined {
  const { raw, url } = citation
  if (place.start === 0 && raw?.dialect === chatName && isJsonObject(raw.value)) return raw.value
  if (url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: {
      url,
      title: citation.title ?? url,
      start_index: place.start + (citation.start ?? 0),
      end_index: place.start + (citation.end ?? place.length),
    },
  }
}
