import type { ChatAnswer } from '../../fake/openai/chat-answer.ts'
import { chatCompletion } from '../../fake/openai/chat-completion.ts'
import { chatStream } from '../../fake/openai/chat-stream.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import type { FaultErrorKind, StreamPiece } from '../fault.ts'
import { type FaultRenderer, faultAnswerText, faultSecret } from '../renderer.ts'

interface ErrorMembers {
  readonly message: string
  readonly type?: string
  readonly code?: string | number | null
  readonly param?: string
}

/** OpenAI Chat, errors: the envelope of OpenAI, with the deviations of compatible servers where those are what one meets. */
const errors: Readonly<Record<FaultErrorKind, ErrorMembers>> = {
  'bad-request': {
    message: "Invalid value for 'temperature': expected a number from 0 to 2.",
    param: 'temperature',
    code: 'invalid_value',
  },
  unprocessable: { message: 'field required' },
  'context-length': {
    message:
      "This model's maximum context length is 8192 tokens. Your messages resulted in 9000 tokens.",
    param: 'messages',
    code: 'context_length_exceeded',
  },
  'content-filter': {
    message: 'The prompt was refused by the content policy.',
    code: 'content_filter',
  },
  'invalid-key': {
    message: `Incorrect API key provided: ${faultSecret}.`,
    code: 'invalid_api_key',
  },
  quota: {
    message: 'You exceeded your current quota. Check your plan and billing details.',
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  },
  // A router answers with the status as code.
  billing: { message: 'Insufficient credits.', code: 402 },
  permission: {
    message: 'You have insufficient permissions for this operation.',
    type: 'permission_error',
  },
  'model-forbidden': {
    message: 'The project does not have access to model `fake-chat`.',
    code: 'model_not_found',
  },
  'model-not-found': {
    message: 'The model `fake-chat` does not exist or you do not have access to it.',
    code: 'model_not_found',
  },
  'path-not-found': { message: 'Not Found' },
  'too-large': { message: 'The request is too large.' },
  'rate-limit': {
    message: 'Rate limit reached for requests.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  internal: { message: 'The server had an error.', type: 'server_error' },
  conflict: { message: 'Another request changes the same resource.' },
  overloaded: {
    message: 'The server is overloaded.',
    type: 'server_error',
    code: 'server_is_overloaded',
  },
  timeout: { message: 'The request timed out.', type: 'timeout' },
}

const [first = '', ...others] = faultAnswerText.match(/\s*\S+/g) ?? []

const answer: ChatAnswer = {
  text: [first, others.join('')],
  usage: { promptTokens: 5, completionTokens: others.length + 1 },
}
const [prelude = '', firstPart = '', rest = '', finish = '', done = ''] = chatStream(answer, {
  usage: 'absent',
})

const pieces: Readonly<Record<StreamPiece, string>> = {
  prelude,
  'first-part': firstPart,
  rest,
  finish,
  terminator: done,
  'broken-event': sseFrame(`{"id":"chatcmpl-fake","choices":[{"delta":{"cont`),
  'open-event': 'data: {"id":"chatcmpl-fake","choices":[{"index":0,"delta":{"content":"',
}

/** Faults of providers that speak OpenAI Chat. */
export const openAIChatFaults: FaultRenderer = {
  dialect: 'openai-chat',
  streamType: 'text/event-stream; charset=utf-8',
  completion: JSON.stringify(chatCompletion(answer)),
  errorBody: (error) => JSON.stringify(bodyOf(error)),
  errorEvent: (error) => sseFrame({ error: envelope(errors[error]) }),
  piece: (piece) => pieces[piece],
}

/** OpenAI Chat, errors: `detail` is what servers built on one web framework answer for their own errors. */
function bodyOf(error: FaultErrorKind): unknown {
  const { message } = errors[error]
  if (error === 'path-not-found') return { detail: message }
  if (error === 'unprocessable') return { detail: [{ loc: ['body', 'messages'], msg: message }] }
  return { error: envelope(errors[error]) }
}

function envelope(members: ErrorMembers): Record<string, unknown> {
  return { type: 'invalid_request_error', param: null, code: null, ...members }
}
