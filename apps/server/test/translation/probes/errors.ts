import type { JsonObject } from '@jackfield/core'
import type { ErrorConcept } from './probe.ts'

const openai = (message: string, type: string, code: string | null = null): JsonObject => ({
  error: { message, type, param: null, code },
})

const anthropic = (type: string, message: string): JsonObject => ({
  type: 'error',
  error: { type, message },
})

const gemini = (code: number, status: string, message: string): JsonObject => ({
  error: { code, message, status },
})

const both = (words: JsonObject) => ({ chat: words, responses: words })

export const errorConcepts: readonly ErrorConcept[] = [
  {
    title: 'A bad request (400)',
    status: 400,
    said: {
      ...both(openai('Bad.', 'invalid_request_error')),
      anthropic: anthropic('invalid_request_error', 'Bad.'),
      gemini: gemini(400, 'INVALID_ARGUMENT', 'Bad.'),
    },
  },
  {
    title: 'Too long for the model (400)',
    status: 400,
    said: {
      ...both(openai('Too long.', 'invalid_request_error', 'context_length_exceeded')),
      anthropic: anthropic('invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum'),
      gemini: gemini(
        400,
        'INVALID_ARGUMENT',
        'The input token count (2) exceeds the maximum number of tokens allowed (1).',
      ),
    },
  },
  {
    title: 'The operator’s key is wrong (401)',
    status: { chat: 401, responses: 401, anthropic: 401, gemini: 400 },
    said: {
      ...both(openai('Incorrect API key.', 'invalid_request_error', 'invalid_api_key')),
      anthropic: anthropic('authentication_error', 'invalid x-api-key'),
      gemini: {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: 'API_KEY_INVALID',
              domain: 'googleapis.com',
            },
          ],
        },
      },
    },
  },
  {
    title: 'Nothing left on the account',
    status: { chat: 429, responses: 429, anthropic: 402 },
    said: {
      ...both(openai('No quota.', 'insufficient_quota', 'insufficient_quota')),
      anthropic: anthropic('billing_error', 'Billing.'),
    },
  },
  {
    title: 'No such model (404)',
    status: 404,
    said: {
      ...both(openai('No such model.', 'invalid_request_error', 'model_not_found')),
      anthropic: anthropic('not_found_error', 'model: x'),
      gemini: gemini(404, 'NOT_FOUND', 'models/x is not found'),
    },
  },
  {
    title: 'Too many requests (429), come back in 20 s',
    status: 429,
    headers: { 'retry-after': '20' },
    said: {
      ...both(openai('Slow down.', 'rate_limit_error', 'rate_limit_exceeded')),
      anthropic: anthropic('rate_limit_error', 'Slow down.'),
      gemini: gemini(429, 'RESOURCE_EXHAUSTED', 'Slow down.'),
    },
  },
  {
    title: 'Overloaded',
    status: { chat: 503, responses: 503, anthropic: 529, gemini: 503 },
    said: {
      ...both(openai('Overloaded.', 'server_error')),
      anthropic: anthropic('overloaded_error', 'Overloaded'),
      gemini: gemini(503, 'UNAVAILABLE', 'The model is overloaded.'),
    },
  },
  {
    title: 'Broken (500)',
    status: 500,
    said: {
      ...both(openai('Oops.', 'server_error')),
      anthropic: anthropic('api_error', 'Oops.'),
      gemini: gemini(500, 'INTERNAL', 'Oops.'),
    },
  },
]
