import type { GeminiAnswer } from '../../fake/gemini/answer.ts'
import {
  errorDetail,
  errorEnvelope,
  errorInfo,
  retryInfo,
} from '../../fake/gemini/error-envelope.ts'
import { geminiArray, geminiSse } from '../../fake/gemini/frames.ts'
import { geminiChunks, geminiResponse } from '../../fake/gemini/response.ts'
import type { JsonObject } from '../../fake/strict/rule.ts'
import type { FaultErrorKind, StreamPiece } from '../fault.ts'
import { type FaultRenderer, faultAnswerText, faultSecret } from '../renderer.ts'

interface ErrorMembers {
  readonly message: string
  readonly details?: readonly JsonObject[]
  /** The status that an error in a stream has; no HTTP status says it there. Default 400. */
  readonly inStream?: number
}

/** Gemini, 4.7: what Google says, with the details that tell errors of one status apart. */
const errors: Readonly<Record<FaultErrorKind, ErrorMembers>> = {
  'bad-request': {
    message: "Invalid value at 'generationConfig.temperature': expected a number from 0 to 2.",
    details: [
      errorDetail('BadRequest', {
        fieldViolations: [
          { field: 'generationConfig.temperature', description: 'expected a number from 0 to 2' },
        ],
      }),
    ],
  },
  unprocessable: { message: 'The request cannot be processed.' },
  'context-length': {
    message: 'The input token count (9000) exceeds the maximum number of tokens allowed (8192).',
  },
  'content-filter': { message: 'The prompt was blocked: PROHIBITED_CONTENT.' },
  'invalid-key': {
    message: `API key not valid: ${faultSecret}. Please pass a valid API key.`,
    details: [errorInfo('API_KEY_INVALID')],
  },
  quota: {
    message: 'You exceeded your current quota. Check your plan and billing details.',
    details: [
      errorInfo('QUOTA_EXHAUSTED'),
      errorDetail('QuotaFailure', {
        violations: [
          {
            quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
            quotaId: 'GenerateRequestsPerDayPerProjectPerModel',
            quotaDimensions: { model: 'fake-chat', location: 'global' },
            quotaValue: '250',
          },
        ],
      }),
    ],
  },
  billing: { message: 'The account of this project has no credit left.' },
  permission: { message: 'The caller does not have permission' },
  'model-forbidden': { message: 'This project may not use models/fake-chat.' },
  'model-not-found': {
    message: 'models/fake-chat is not found, or is not supported for generateContent.',
  },
  'path-not-found': { message: 'Not Found' },
  'too-large': { message: 'The request is too large.' },
  'rate-limit': {
    message: 'Resource has been exhausted: too many requests per minute.',
    details: [errorInfo('RATE_LIMIT_EXCEEDED')],
    inStream: 429,
  },
  internal: { message: 'An internal error has occurred.', inStream: 500 },
  conflict: { message: 'Another request changes the same resource.' },
  overloaded: { message: 'The model is overloaded. Please try again later.', inStream: 503 },
  timeout: { message: 'The deadline has passed.' },
}

const [first = '', ...others] = faultAnswerText.match(/\s*\S+/g) ?? []

const answer: GeminiAnswer = {
  parts: [{ text: ['', first, others.join('')] }],
  usage: { promptTokens: 5, candidateTokens: others.length + 1 },
}
const chunks = geminiChunks(answer)
const [prelude = '', firstPart = '', rest = '', finish = ''] = geminiSse(chunks)
const [opening = '', firstElement = '', restElement = '', lastElement = '', closing = ''] =
  geminiArray(chunks)

const pieces: Readonly<Record<StreamPiece, string>> = {
  prelude,
  'first-part': firstPart,
  rest,
  finish,
  terminator: '',
  'broken-event': 'data: {"candidates":[{"content":{"par\r\n\r\n',
  'open-event': 'data: {"candidates":[{"content":{"parts":[{"text":"',
}

const arrayPieces: Readonly<Record<StreamPiece, string>> = {
  prelude: opening,
  'first-part': firstElement,
  rest: restElement,
  finish: lastElement,
  terminator: closing,
  'broken-event': ',\r\n{"candidates":[{"content":{"par\n',
  'open-event': ',\r\n{"candidates":[{"content":{"parts":[{"text":"',
}

/** Faults of providers that speak Gemini, streams as events. */
export const geminiFaults: FaultRenderer = {
  dialect: 'gemini',
  streamType: 'text/event-stream',
  hintIn: 'body',
  completion: JSON.stringify(geminiResponse(answer)),
  errorBody: (error, status, retryAfterMs) => JSON.stringify(envelope(error, status, retryAfterMs)),
  errorEvent: (error) => geminiSse([envelope(error, errors[error].inStream ?? 400)]).join(''),
  piece: (piece) => pieces[piece],
}

/** The same for streams that are one array (Gemini 4.6). Errors stand in one, too. */
export const geminiArrayFaults: FaultRenderer = {
  ...geminiFaults,
  streamType: 'application/json; charset=UTF-8',
  errorBody: (error, status, retryAfterMs) =>
    JSON.stringify([envelope(error, status, retryAfterMs)]),
  errorEvent(error, place) {
    const element = JSON.stringify(envelope(error, errors[error].inStream ?? 400))
    return `${place === 'first' ? '[' : ',\r\n'}${element}\n]`
  },
  piece: (piece) => arrayPieces[piece],
}

function envelope(error: FaultErrorKind, status: number, retryAfterMs?: number): JsonObject {
  const { message, details = [] } = errors[error]
  const hint = retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs / 1000)]
  return errorEnvelope(status, message, [...details, ...hint])
}
