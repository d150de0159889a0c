import { type Citation, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { anthropicName } from '../names.ts'

/** `citations` of a text block; `null` where there are none. */
export function decodeCitations(value: JsonValue | undefined): Citation[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(decodeCitation) : []
}

/**
 * One citation. Its offsets are places in the document that is cited and not in the text, so that they stay in the wire object. One that
 * this dialect made for a client is not taken for a provider's.
 */
export function decodeCitation(citation: JsonObject): Citation {
  const { url, source, title, document_title: document, cited_text: quote } = citation
  const link = typeof url === 'string' ? url : source
  const name = typeof title === 'string' ? title : document
  return {
    ...(typeof link === 'string' && link.includes('://') ? { url: link } : {}),
    ...(typeof name === 'string' ? { title: name } : {}),
    ...(typeof quote === 'string' && quote !== '' ? { quote } : {}),
    ...(isMade(citation) ? {} : { raw: { dialect: anthropicName, value: citation } }),
  }
}

/** Whether a citation came from another protocol: a provider's own has an index that only it can read. */
export function isMade(citation: JsonObject): boolean {
  return citation['type'] === webResult && citation['encrypted_index'] === ''
}

const webResult = 'web_search_result_location'

/** A citation for clients; `undefined` for one without a URL, which this protocol cannot show. */
export function encodeCitation(citation: Citation): JsonObject | undefined {
  const own = ownCitation(citation)
  if (own !== undefined) return own
  const { url, title, quote } = citation
  if (url === undefined) return undefined
  return {
    type: webResult,
    url,
    title: title ?? null,
    encrypted_index: '',
    cited_text: quote ?? '',
  }
}

/** A citation as a provider of this dialect told it: only such a one goes back to a provider. */
export function ownCitation({ raw }: Citation): JsonObject | undefined {
  return raw?.dialect === anthropicName && isJsonObject(raw.value) ? raw.value : undefined
}
