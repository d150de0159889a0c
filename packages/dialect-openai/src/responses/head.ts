import {
  type CallHead,
  type CallInput,
  GatewayError,
  type JsonDocument,
  readString,
} from '@jackfield/core'
import {
  checkMembers,
  isTrue,
  type MemberRules,
  modelOf,
  requireMember,
  scanBody,
  tryScan,
} from '@jackfield/dialect-kit'
import { readHead } from '../request/head.ts'
import { resourceOf } from './resource-path.ts'

const string = ['string'] as const
const number = ['number'] as const
const boolean = ['boolean'] as const
const object = ['object'] as const
const array = ['array'] as const

const rules: MemberRules = {
  model: string,
  input: ['string', 'array'],
  instructions: ['string', 'array'],
  previous_response_id: string,
  conversation: ['string', 'object'],
  prompt: object,
  store: boolean,
  include: array,
  tools: array,
  tool_choice: ['string', 'object'],
  parallel_tool_calls: boolean,
  max_tool_calls: number,
  text: object,
  reasoning: object,
  max_output_tokens: number,
  temperature: number,
  top_p: number,
  top_logprobs: number,
  truncation: string,
  stream: boolean,
  stream_options: object,
  background: boolean,
  metadata: object,
  user: string,
  safety_identifier: string,
  prompt_cache_key: string,
  prompt_cache_retention: string,
  prompt_cache_options: object,
  service_tier: string,
  context_management: array,
}

/** Members of which one may stand for the input. */
const instead = ['previous_response_id', 'conversation', 'prompt'] as const

/**
 * What routing needs of a call: of a request one exact scan of its bytes, in which known top-level members are held to their types;
 * of a stored answer its id, and whether its stream is asked for.
 */
export function readResponsesHead(input: CallInput): CallHead {
  switch (input.operation) {
    case 'chat':
      return generationHead(input)
    case 'count-tokens':
      return countingHead(input)
    case 'resource':
      return resourceHead(input)
    default:
      return opaqueHead(input)
  }
}

/** What is forwarded as it is may continue an answer too (`/responses/compact`), which must then be the caller's own. */
function opaqueHead(input: CallInput): CallHead {
  const head = readHead(input)
  const { body } = input
  // Whatever its headers say: a provider may read it as JSON all the same.
  const document = body instanceof Uint8Array ? (head.document ?? tryScan(body)) : undefined
  return document === undefined ? head : { ...head, ...continuesOf(document), document }
}

function generationHead(input: CallInput): CallHead {
  const document = scanRequest(input)
  const stream = isTrue(document, 'stream')
  return {
    operation: 'chat',
    ...modelOf(document),
    stream,
    framing: stream ? 'sse' : 'json',
    ...continuesOf(document),
    includeUsage: true,
    document,
  }
}

function countingHead(input: CallInput): CallHead {
  const document = scanRequest(input)
  const operation = 'count-tokens'
  return {
    operation,
    ...modelOf(document),
    stream: false,
    framing: 'json',
    ...continuesOf(document),
    includeUsage: true,
    document,
  }
}

function continuesOf(document: JsonDocument): Pick<CallHead, 'continues'> {
  const span = document.get('previous_response_id')
  const continues = span?.kind === 'string' ? readString(document.bytes, span) : ''
  return continues === '' ? {} : { continues }
}

function scanRequest(input: CallInput) {
  const document = scanBody(input, '`model` and `input`')
  checkMembers(document, rules)
  const isContinued = instead.some((name) => {
    const span = document.get(name)
    return span !== undefined && span.kind !== 'null'
  })
  if (!isContinued) requireMember(document, 'input', ['string', 'array'])
  return document
}

function resourceHead(input: CallInput): CallHead {
  const resource = resourceOf(input)
  if (resource === undefined) {
    throw new GatewayError('not_found', 'The path names no stored response.')
  }
  const stream = resource.action === 'retrieve' && resource.stream
  return {
    operation: 'resource',
    stream,
    framing: stream ? 'sse' : 'json',
    resourceId: resource.id,
    includeUsage: true,
  }
}
