import type { JsonObject, Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  flag,
  isObject,
  listOf,
  numberIn,
  oneOf,
  optionally,
  type Problem,
  shape,
  text,
} from '../strict/shape.ts'
import { type PlacedPart, type Turn, turnOf, turnsOf } from './conversation.ts'

const cites = 'Gemini, 4.3 Parts'

/** Standard or URL-safe alphabet; the field is bytes and JSON mappings of bytes take both. */
const base64: Check = text({ pattern: /^[A-Za-z0-9+/_-]+={0,2}$/ })
const mimeType = text({ pattern: /^[a-z]+\/[A-Za-z0-9.+*-]+(;.*)?$/ })
const optionalId = { id: text() }

const inlineData = shape({ mimeType, data: base64 }, { displayName: anyText })
const fileData = shape({ fileUri: text() }, { mimeType, displayName: anyText })
const responsePart: Check = (value, at) =>
  shape({}, { inlineData, fileData })(value, at) ?? oneDatum(value, at)
const toolTypes = oneOf(
  'GOOGLE_SEARCH_WEB',
  'GOOGLE_SEARCH_IMAGE',
  'URL_CONTEXT',
  'GOOGLE_MAPS',
  'FILE_SEARCH',
  'MEDIA_PROCESSING',
)
const duration = text({ pattern: /^\d+(\.\d+)?s$/ })

/** The name of a function (Gemini, 4.2): a letter or `_` first. */
export const functionName: Check = text({ pattern: /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/ })

/** What each kind of data looks like. */
const dataChecks = {
  text: anyText,
  inlineData,
  fileData,
  functionCall: shape({ name: functionName }, { args: anyObject, ...optionalId }),
  functionResponse: shape(
    { name: functionName, response: anyObject },
    {
      parts: listOf(responsePart),
      willContinue: flag,
      scheduling: oneOf('SILENT', 'WHEN_IDLE', 'INTERRUPT'),
      ...optionalId,
    },
  ),
  executableCode: shape({ language: oneOf('PYTHON'), code: anyText }, optionalId),
  codeExecutionResult: shape(
    { outcome: oneOf('OUTCOME_OK', 'OUTCOME_FAILED', 'OUTCOME_DEADLINE_EXCEEDED') },
    { output: anyText, ...optionalId },
  ),
  toolCall: shape({ id: text(), toolType: toolTypes }, { args: anyObject }),
  toolResponse: shape({ id: text(), toolType: toolTypes }, { response: anyObject }),
  audioTranscription: anyObject,
} as const

const dataKinds: readonly string[] = Object.keys(dataChecks)

/** Rules about the parts of contents. */
export const partRules = {
  'one-datum': forParts(({ part, at }) => oneDatum(part, at)),
  'text-part': datum('text'),
  'inline-data': datum('inlineData'),
  'file-data': datum('fileData'),
  'function-call': datum('functionCall'),
  'function-response': datum('functionResponse'),
  'executable-code': datum('executableCode'),
  'code-execution-result': datum('codeExecutionResult'),
  'tool-call': datum('toolCall'),
  'tool-response': datum('toolResponse'),
  'audio-transcription': datum('audioTranscription'),
  thought: modifier('thought', flag),
  'thought-signature-form': modifier('thoughtSignature', base64),
  'video-metadata': modifier(
    'videoMetadata',
    shape({}, { startOffset: duration, endOffset: duration, fps: numberIn(0, Number.MAX_VALUE) }),
  ),
  'part-media-resolution': modifier('mediaResolution', shape({ level: text() })),
  'part-metadata': modifier('partMetadata', anyObject),
  'part-role': forParts(({ part, at }, turn) => {
    const wrong = turn.role === 'model' ? 'functionResponse' : 'functionCall'
    return isObject(part[wrong])
      ? { at: `${at}.${wrong}`, message: `is not allowed in a content of the ${turn.role}` }
      : undefined
  }),
} as const satisfies Record<string, Rule>

function forParts(check: (part: PlacedPart, turn: Turn) => Problem | undefined): Rule {
  return {
    cites,
    check: (body) =>
      firstProblem(allTurns(body), (turn) => firstProblem(turn.parts, (part) => check(part, turn))),
  }
}

/** The conversation, and the content of an embeddings request. */
function allTurns(body: JsonObject): readonly Turn[] {
  const content = body['content']
  return isObject(content) ? [turnOf(content, 'content')] : turnsOf(body)
}

function datum(kind: keyof typeof dataChecks): Rule {
  return forParts(({ part, at }) => optionally(dataChecks[kind])(part[kind], `${at}.${kind}`))
}

function modifier(name: string, check: Check): Rule {
  return forParts(({ part, at }) => optionally(check)(part[name], `${at}.${name}`))
}

/** A part holds exactly one kind of data. */
function oneDatum(part: unknown, at: string): Problem | undefined {
  const held = Object.entries(isObject(part) ? part : {})
    .filter(([name, value]) => dataKinds.includes(name) && value !== null)
    .map(([name]) => name)
  if (held.length === 1) return undefined
  const found = held.length === 0 ? 'none' : held.join(' and ')
  return { at, message: `must hold exactly one kind of data, not ${found}` }
}
