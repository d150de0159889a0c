import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { isFilledText, type Report } from '@jackfield/dialect-kit'

/** Members of which a part has exactly one: what it is. */
const kinds = [
  ...['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode'],
  ...['codeExecutionResult', 'toolCall', 'toolResponse', 'audioTranscription'],
]

/** A part of an answer (protocol reference 4.3). */
export function checkPart(part: JsonValue, report: Report): void {
  if (!isJsonObject(part)) {
    report('a part is not an object')
    return
  }
  const present = kinds.filter((name) => part[name] !== undefined)
  if (present.length !== 1) report('a part has not exactly one content')
  const { text, thought, thoughtSignature: signature } = part
  if (text !== undefined && typeof text !== 'string') report('`text` is no text')
  if (thought !== undefined && thought !== true) report('`thought` is not true')
  if (signature !== undefined && !isBase64(signature)) report('`thoughtSignature` is no base64')
  checkCall(part['functionCall'], report)
  checkData(part['inlineData'], report)
  checkFile(part['fileData'], report)
}

/** Both alphabets are in use; whole groups, or none of the padding. */
function isBase64(value: JsonValue): boolean {
  return isFilledText(value) && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value) && value.length % 4 !== 1
}

function checkCall(call: JsonValue | undefined, report: Report): void {
  if (call === undefined) return
  if (!isJsonObject(call)) {
    report('`functionCall` is not an object')
    return
  }
  if (Object.keys(call).length === 0) return
  const { id, name, args, partialArgs } = call
  const isPiece = partialArgs !== undefined
  if (isPiece && !Array.isArray(partialArgs)) report('`functionCall.partialArgs` is no list')
  if (!isPiece && !isFilledText(name)) report('`functionCall.name` is no text')
  if (args !== undefined && !isJsonObject(args)) report('`functionCall.args` is not an object')
  if (id !== undefined && !isFilledText(id)) report('`functionCall.id` is no text')
}

function checkData(data: JsonValue | undefined, report: Report): void {
  if (data === undefined) return
  const isWhole =
    isJsonObject(data) && isFilledText(data['mimeType']) && typeof data['data'] === 'string'
  if (!isWhole) report('`inlineData` has no `mimeType` and `data`')
}

function checkFile(file: JsonValue | undefined, report: Report): void {
  if (file === undefined) return
  if (!isJsonObject(file) || !isFilledText(file['fileUri'])) report('`fileData` has no `fileUri`')
}

/** The list of sources of a candidate: what supports the text must be in it. */
export function checkGrounding(metadata: JsonValue | undefined, report: Report): void {
  if (metadata === undefined) return
  if (!isJsonObject(metadata)) {
    report('`groundingMetadata` is not an object')
    return
  }
  const { groundingChunks: chunks, groundingSupports: supports } = metadata
  const count = Array.isArray(chunks) ? chunks.length : 0
  for (const support of Array.isArray(supports) ? supports : []) {
    checkSupport(isJsonObject(support) ? support : {}, count, report)
  }
}

function checkSupport(
  { segment, groundingChunkIndices: indices }: JsonObject,
  count: number,
  report: Report,
): void {
  const list = Array.isArray(indices) ? indices : []
  const known = list.every((index) => typeof index === 'number' && index >= 0 && index < count)
  if (!known) report('a grounding support names a chunk that is not there')
  if (!isJsonObject(segment)) report('a grounding support has no segment')
}
