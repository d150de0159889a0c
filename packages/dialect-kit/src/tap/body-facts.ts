import {
  type JsonDocument,
  type JsonValue,
  type JsonValueSpan,
  readString,
  readValue,
  type TapReport,
  type Usage,
} from '@jackfield/core'

/** Bytes per token, for estimates. */
const tokenLength = 4

/** The value of one member of a whole answer, which alone is parsed. */
export function valueIn(document: JsonDocument, name: string): JsonValue | undefined {
  const span = document.get(name)
  return span === undefined ? undefined : (readValue(document.bytes, span) as JsonValue)
}

/** A whole answer's own id and the model that it names, by the members that have them. */
export function namesIn(
  document: JsonDocument,
  { id = 'id', model = 'model' }: { readonly id?: string; readonly model?: string } = {},
): Pick<TapReport, 'responseId' | 'model'> {
  const itsId = textIn(document, id)
  const itsModel = textIn(document, model)
  return {
    ...(itsId === '' ? {} : { responseId: itsId }),
    ...(itsModel === '' ? {} : { model: itsModel }),
  }
}

/** What an answer cost: the usage that it tells, else an estimate by the length of its content, four bytes being about one token. */
export function costOf(
  usage: Usage | undefined,
  content: JsonValueSpan | undefined,
): Pick<TapReport, 'usage' | 'estimate'> {
  if (usage !== undefined) return { usage }
  if (content === undefined) return {}
  const tokens = Math.max(1, Math.round((content.end - content.start) / tokenLength))
  return { estimate: { outputTokens: tokens } }
}

function textIn(document: JsonDocument, name: string): string {
  const span = document.get(name)
  return span?.kind === 'string' ? readString(document.bytes, span) : ''
}
