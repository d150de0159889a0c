import {
  type CallHead,
  type CallInput,
  headerValue,
  type JsonDocument,
  member,
  readBoolean,
} from '@jackfield/core'
import {
  asInvalidRequest,
  checkConversation,
  checkMembers,
  isTrue,
  modelOf,
  requireMember,
  scanBody,
  tryScan,
  wrongMember,
} from '@jackfield/dialect-kit'
import { chatRules, completionsRules, embeddingsRules } from './member-rules.ts'
import { multipartField } from './multipart-field.ts'

/**
 * What routing needs of a request: one exact scan of its bytes, in which known top-level members are held to their types.
 * `model` may be absent, for the gateway may know a default; everything else that is wrong is refused here, by its name.
 */
export function readHead(input: CallInput): CallHead {
  switch (input.operation) {
    case 'chat':
    case 'completions':
      return generationHead(input, input.operation)
    case 'embeddings':
      return embeddingsHead(input)
    case 'opaque':
    case 'resource':
    case 'count-tokens':
      return opaqueHead(input)
    default:
      return input.operation satisfies never
  }
}

function generationHead(input: CallInput, operation: 'chat' | 'completions'): CallHead {
  const document = scanBody(
    input,
    operation === 'chat' ? '`model` and `messages`' : 'the parameters',
  )
  checkMembers(document, operation === 'chat' ? chatRules : completionsRules)
  if (operation === 'chat') checkConversation(document, 'messages')
  else requireMember(document, 'prompt', ['string', 'array'])
  const stream = isTrue(document, 'stream')
  return {
    operation,
    ...modelOf(document),
    stream,
    framing: stream ? 'sse' : 'json',
    includeUsage: stream && asksForUsage(document),
    document,
  }
}

function embeddingsHead(input: CallInput): CallHead {
  const document = scanBody(input, 'the parameters')
  checkMembers(document, embeddingsRules)
  requireMember(document, 'input', ['string', 'array'])
  const operation = 'embeddings'
  return {
    operation,
    ...modelOf(document),
    stream: false,
    framing: 'json',
    includeUsage: false,
    document,
  }
}

/** Nothing is held against a body that nobody here looks into; only its model is looked for. */
function opaqueHead({ operation, body, headers }: CallInput): CallHead {
  const head = { operation, stream: false, framing: 'opaque', includeUsage: false } as const
  if (!(body instanceof Uint8Array)) return head
  const type = (headerValue(headers, 'content-type') ?? '').toLowerCase()
  if (type.startsWith('multipart/form-data')) {
    const model = multipartField(body, 'model')?.value
    return model === undefined || model === '' ? head : { ...head, model }
  }
  const document = type.includes('json') ? tryScan(body) : undefined
  return document === undefined ? head : { ...head, ...opaqueModel(document), document }
}

function opaqueModel(document: JsonDocument): Pick<CallHead, 'model'> {
  return document.get('model')?.kind === 'string' ? modelOf(document) : {}
}

function asksForUsage(document: JsonDocument): boolean {
  const options = document.get('stream_options')
  if (options?.kind !== 'object') return false
  const span = includeUsageIn(document, options)
  if (span === undefined || span.kind === 'null') return false
  if (span.kind === 'boolean') return readBoolean(document.bytes, span)
  throw wrongMember('stream_options.include_usage', 'must be a boolean')
}

function includeUsageIn(document: JsonDocument, options: Parameters<typeof member>[1]) {
  try {
    return member(document.bytes, options, 'include_usage')
  } catch (error) {
    throw asInvalidRequest(error)
  }
}
