import type { ResponsesAnswer } from '../../fake/openai-responses/answer.ts'
import { responsesDocument } from '../../fake/openai-responses/document.ts'
import { responsesStream } from '../../fake/openai-responses/stream.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import type { FaultErrorKind, StreamPiece } from '../fault.ts'
import { type FaultRenderer, faultAnswerText, faultSecret } from '../renderer.ts'

interface ErrorMembers {
  readonly message: string
  readonly type?: string
  readonly code?: string | null
  readonly param?: string
}

/** OpenAI Responses 2.7: the envelope of OpenAI, with this API's fields and codes. */
const errors: Readonly<Record<FaultErrorKind, ErrorMembers>> = {
  'bad-request': {
    message: "Invalid 'temperature': expected a value <= 2, but got 3 instead.",
    param: 'temperature',
    code: 'invalid_value',
  },
  unprocessable: { message: 'The request could not be processed.' },
  'context-length': {
    message: 'Your input exceeds the context window of this model.',
    param: 'input',
    code: 'context_length_exceeded',
  },
  'content-filter': {
    message: 'The input was refused by the content policy.',
    param: 'input',
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
  billing: { message: 'Insufficient credits.', code: 'insufficient_quota' },
  permission: {
    message: 'You have insufficient permissions for this operation.',
    type: 'permission_error',
  },
  'model-forbidden': {
    message: 'The project does not have access to model `fake-chat`.',
    code: 'model_not_found',
  },
  'model-not-found': {
    message: "The requested model 'fake-chat' does not exist.",
    param: 'model',
    code: 'model_not_found',
  },
  'path-not-found': { message: 'Invalid URL (POST /responses)' },
  'too-large': { message: 'The request is too large.' },
  'rate-limit': {
    message: 'Rate limit reached for requests.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  internal: { message: 'The server had an error.', type: 'server_error', code: 'server_error' },
  conflict: { message: 'Another request changes the same resource.' },
  overloaded: {
    message: 'The server is overloaded.',
    type: 'server_error',
    code: 'server_is_overloaded',
  },
  timeout: { message: 'The request timed out.', type: 'timeout' },
}

const [first = '', ...others] = faultAnswerText.match(/\s*\S+/g) ?? []

const request = { model: 'fake-chat', input: 'Hi' }
const answer: ResponsesAnswer = {
  items: [{ type: 'message', text: [first, others.join('')] }],
  usage: { inputTokens: 5, outputTokens: others.length + 1 },
}

/** created, in_progress, item added, part added; two deltas; text, part and item done; completed. */
const frames = responsesStream(answer, request)

const pieces: Readonly<Record<StreamPiece, string>> = {
  prelude: frames.slice(0, 4).join(''),
  'first-part': frames[4] ?? '',
  rest: frames[5] ?? '',
  finish: frames.slice(6, 9).join(''),
  terminator: frames.slice(9).join(''),
  'broken-event': sseFrame('{"type":"response.output_text.delta","output_index":0,"del', {
    event: 'response.output_text.delta',
  }),
  'open-event':
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","output_index":0,"delta":"',
}

/** Errors for which a response object has a code of its own (OpenAI Responses 2.4). */
const failures: ReadonlySet<string> = new Set(['server_error', 'rate_limit_exceeded'])

/** Faults of providers that speak the Responses API. */
export const openAIResponsesFaults: FaultRenderer = {
  dialect: 'openai-responses',
  streamType: 'text/event-stream; charset=utf-8',
  completion: JSON.stringify(responsesDocument(answer, request)),
  errorBody: (error) =>
    JSON.stringify({
      error: { type: 'invalid_request_error', param: null, code: null, ...errors[error] },
    }),
  errorEvent: (error) => {
    const { message, code = null, param = null } = errors[error]
    if (code !== null && failures.has(code)) return failed(code, message)
    // Without a number, which would depend on what came before.
    return sseFrame({ type: 'error', code, message, param }, { event: 'error' })
  },
  piece: (piece) => pieces[piece],
}

/** The terminal event of a response that began and failed. */
function failed(code: string, message: string): string {
  return responsesStream({ items: [], error: { code, message }, usage: null }, request).at(-1) ?? ''
}
