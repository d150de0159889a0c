import type { AnthropicAnswer } from '../../fake/anthropic/anthropic-answer.ts'
import { anthropicMessage } from '../../fake/anthropic/anthropic-message.ts'
import { anthropicStream } from '../../fake/anthropic/anthropic-stream.ts'
import { anthropicError } from '../../fake/anthropic/provider-error.ts'
import { sseFrame } from '../../fake/sse-frame.ts'
import type { FaultErrorKind, StreamPiece } from '../fault.ts'
import { type FaultRenderer, faultAnswerText, faultSecret } from '../renderer.ts'

interface ErrorMembers {
  readonly type: string
  readonly message: string
  readonly code?: string
}

const invalid = 'invalid_request_error'

/** Anthropic Messages 3.9: what Anthropic says in each case. */
const errors: Readonly<Record<FaultErrorKind, ErrorMembers>> = {
  'bad-request': { type: invalid, message: 'temperature: expected a number from 0 to 1' },
  unprocessable: { type: invalid, message: 'messages: Field required' },
  'context-length': { type: invalid, message: 'prompt is too long: 9000 tokens > 8192 maximum' },
  'content-filter': { type: invalid, message: 'Output blocked by content filtering policy' },
  'invalid-key': { type: 'authentication_error', message: `invalid x-api-key: ${faultSecret}` },
  quota: {
    type: 'rate_limit_error',
    message: 'You have reached your specified usage limits.',
    code: 'enforced_spend_limit_reached',
  },
  billing: {
    type: 'billing_error',
    message: 'Your credit balance is too low to access the Anthropic API.',
  },
  permission: {
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  },
  'model-forbidden': {
    type: 'permission_error',
    message: 'Your API key does not have access to model: fake-chat',
  },
  'model-not-found': { type: 'not_found_error', message: 'model: fake-chat' },
  'path-not-found': { type: 'not_found_error', message: 'Not Found' },
  'too-large': { type: 'request_too_large', message: 'Request exceeds the maximum size' },
  'rate-limit': {
    type: 'rate_limit_error',
    message: 'This request would exceed the rate limit of requests per minute.',
  },
  internal: { type: 'api_error', message: 'Internal server error' },
  conflict: { type: 'conflict_error', message: 'Another request changes the same resource.' },
  overloaded: { type: 'overloaded_error', message: 'Overloaded' },
  timeout: { type: 'timeout_error', message: 'The request timed out.' },
}

const requestId = 'req_fault'
const words = faultAnswerText.match(/\s*\S+/g) ?? []
const answer: AnthropicAnswer = {
  blocks: [{ type: 'text', text: [words[0] ?? '', words.slice(1).join('')] }],
  usage: { inputTokens: 5, outputTokens: words.length },
}
const [messageStart = '', blockStart = '', ping = '', first = '', rest = '', ...end] =
  anthropicStream(answer)
const [blockStop = '', finish = '', stop = ''] = end

const delta = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'

const pieces: Readonly<Record<StreamPiece, string>> = {
  prelude: messageStart + blockStart + ping,
  'first-part': first,
  rest: rest + blockStop,
  finish,
  terminator: stop,
  'broken-event': sseFrame(`${delta}cut`, { event: 'content_block_delta' }),
  'open-event': `event: content_block_delta\ndata: ${delta}`,
}

/** Faults of providers that speak Anthropic Messages. */
export const anthropicMessagesFaults: FaultRenderer = {
  dialect: 'anthropic-messages',
  streamType: 'text/event-stream; charset=utf-8',
  completion: JSON.stringify(anthropicMessage(answer)),
  errorBody: (error) => JSON.stringify(anthropicError(errors[error], requestId)),
  errorEvent: (error) => sseFrame(anthropicError(errors[error], requestId), { event: 'error' }),
  piece: (piece) => pieces[piece],
}
