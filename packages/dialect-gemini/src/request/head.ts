import {
  type CallHead,
  type CallInput,
  type JsonDocument,
  type JsonKind,
  member,
  readString,
} from '@jackfield/core'
import {
  asInvalidRequest,
  checkConversation,
  checkMembers,
  type MemberRules,
  requireMember,
  scanBody,
  tryScan,
  wrongMember,
} from '@jackfield/dialect-kit'
import { snakeName } from '../camel-case.ts'
import { type CallPath, checkModel, modelName, readCallPath } from './call-path.ts'

const object = ['object'] as const
const array = ['array'] as const
const string = ['string'] as const

const chatRules = bothSpellings({
  contents: ['array', 'object'],
  systemInstruction: ['object', 'string'],
  tools: ['array', 'object'],
  toolConfig: object,
  generationConfig: object,
  safetySettings: array,
  cachedContent: string,
  labels: object,
  model: string,
})

const countRules = bothSpellings({
  contents: ['array', 'object'],
  systemInstruction: ['object', 'string'],
  tools: ['array', 'object'],
  generationConfig: object,
  generateContentRequest: object,
})

const embeddingRules = bothSpellings({
  content: object,
  requests: array,
  model: string,
  taskType: string,
  title: string,
  outputDimensionality: ['number'],
})

function bothSpellings(rules: Readonly<Record<string, readonly JsonKind[]>>): MemberRules {
  const entries = Object.entries(rules)
  return Object.fromEntries([
    ...entries,
    ...entries.map(([name, kinds]) => [snakeName(name), kinds] as const),
  ])
}

/**
 * What routing needs of a request: model, stream and framing from path and query; the body is scanned once, and known top-level
 * members are held to their types, in both spellings.
 */
export function readHead(input: CallInput): CallHead {
  const path = readCallPath(input.path)
  switch (input.operation) {
    case 'chat':
    case 'completions':
      return chatHead(input, path)
    case 'count-tokens':
      return { ...plainHead(input, path), document: countDocument(input) }
    case 'embeddings':
      return { ...plainHead(input, path), document: embeddingDocument(input, path) }
    case 'opaque':
    case 'resource':
      return opaqueHead(input, path)
    default:
      return input.operation satisfies never
  }
}

function chatHead(input: CallInput, path: CallPath | undefined): CallHead {
  const document = scanBody(input, '`contents`')
  checkMembers(document, chatRules)
  checkContents(document)
  const stream = path?.method === 'streamGenerateContent'
  return {
    ...plainHead(input, path),
    stream,
    framing: stream ? streamFraming(input.query) : 'json',
    document,
  }
}

function checkContents(document: JsonDocument): void {
  const span = requireMember(document, 'contents', ['array', 'object'])
  if (span.kind === 'array') checkConversation(document, 'contents')
}

/** The form of the errors of a call, for its `errorForm`: where a stream is an array, so is its error. */
export function geminiErrorForm(path: string, query: string): 'array' | undefined {
  const isStream = readCallPath(path)?.method === 'streamGenerateContent'
  return isStream && streamFraming(query) === 'json-array' ? 'array' : undefined
}

/** Without `alt=sse` a stream is an array. */
function streamFraming(query: string): 'sse' | 'json-array' {
  const fields = new URLSearchParams(query)
  return (fields.get('alt') ?? fields.get('$alt')) === 'sse' ? 'sse' : 'json-array'
}

function plainHead({ operation }: CallInput, path: CallPath | undefined) {
  const model = path === undefined ? {} : { model: checkModel(path.model) }
  return { operation, ...model, stream: false, framing: 'json', includeUsage: true } as const
}

/** Either `contents`, or a whole request inside. */
function countDocument(input: CallInput): JsonDocument {
  const document = scanBody(input, '`contents` or `generateContentRequest`')
  checkMembers(document, countRules)
  const whole = document.get('generateContentRequest') ?? document.get('generate_content_request')
  if (whole?.kind !== 'object') checkContents(document)
  else if (memberOf(document, whole, 'contents') === undefined) {
    throw wrongMember('generateContentRequest.contents', 'is missing: it must be an array')
  }
  return document
}

function memberOf(document: JsonDocument, span: Parameters<typeof member>[1], name: string) {
  try {
    return member(document.bytes, span, name)
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

function embeddingDocument(input: CallInput, path: CallPath | undefined): JsonDocument {
  const isBatch = path?.method === 'batchEmbedContents'
  const document = scanBody(input, isBatch ? '`requests`' : '`content`')
  checkMembers(document, embeddingRules)
  if (isBatch) checkConversation(document, 'requests')
  else requireMember(document, 'content', object)
  return document
}

/** Nothing is held against a body that nobody here looks into; only its model is looked for. */
function opaqueHead(input: CallInput, path: CallPath | undefined): CallHead {
  const { operation, body } = input
  const head = { operation, stream: false, framing: 'opaque', includeUsage: true } as const
  const document = body instanceof Uint8Array && body.length > 0 ? tryScan(body) : undefined
  const span = document?.get('model')
  const named =
    document !== undefined && span?.kind === 'string' ? readString(document.bytes, span) : ''
  const model = path === undefined || path.method === '' ? modelName(named) : path.model
  return {
    ...head,
    ...(model === '' ? {} : { model: checkModel(model) }),
    ...(document === undefined ? {} : { document }),
  }
}
