import { type CallHead, type CallInput, headerValue, type JsonDocument } from '@jackfield/core'
import {
  checkConversation,
  checkMembers,
  isTrue,
  modelOf,
  scanBody,
  tryScan,
} from '@jackfield/dialect-kit'
import { messageRules } from './member-rules.ts'

/**
 * What routing needs of a request: one exact scan of its bytes, in which known top-level members are held to their types.
 * `model` may be absent, for the gateway may know a default; everything else that is wrong is refused here, by its name.
 */
export function readHead(input: CallInput): CallHead {
  switch (input.operation) {
    case 'chat':
    case 'count-tokens':
      return messageHead(input, input.operation)
    case 'completions':
    case 'embeddings':
    case 'opaque':
    case 'resource':
      return opaqueHead(input)
    default:
      return input.operation satisfies never
  }
}

/** A count is never a stream, whatever the body says. */
function messageHead(input: CallInput, operation: 'chat' | 'count-tokens'): CallHead {
  const document = scanBody(input, '`model`, `max_tokens` and `messages`')
  checkMembers(document, messageRules)
  checkConversation(document, 'messages')
  const stream = operation === 'chat' && isTrue(document, 'stream')
  return {
    operation,
    ...modelOf(document),
    stream,
    framing: stream ? 'sse' : 'json',
    includeUsage: true,
    document,
  }
}

/** Nothing is held against a body that nobody here looks into (files, batches); only its model is looked for. */
function opaqueHead({ operation, body, headers }: CallInput): CallHead {
  const head = { operation, stream: false, framing: 'opaque', includeUsage: true } as const
  if (!(body instanceof Uint8Array)) return head
  const type = (headerValue(headers, 'content-type') ?? '').toLowerCase()
  const document = type.includes('json') ? tryScan(body) : undefined
  return document === undefined ? head : { ...head, ...opaqueModel(document), document }
}

function opaqueModel(document: JsonDocument): Pick<CallHead, 'model'> {
  return document.get('model')?.kind === 'string' ? modelOf(document) : {}
}
