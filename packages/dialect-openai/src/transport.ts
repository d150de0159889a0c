import { sseComment } from '@jackfield/core'
import { createKeepAlive } from '@jackfield/dialect-kit'

/** A comment, which SSE readers skip. */
export const keepAlive = createKeepAlive(sseComment('keep-alive'))

/**
 * Client headers that go on to a provider: they change what the call does (`openai-beta`) or identify it (`idempotency-key`,
 * `x-client-request-id`). Organisation and project belong to the account that pays, which is the gateway's.
 */
export const requestHeaders: readonly string[] = [
  'openai-beta',
  'idempotency-key',
  'x-client-request-id',
]

/**
 * Provider headers that go on to a client: the provider's id of the request and its times, for support; limits and waiting times,
 * which SDKs obey. The organisation is not for clients.
 */
export const responseHeaders: readonly string[] = [
  'x-request-id',
  'openai-processing-ms',
  'openai-version',
  'openai-model',
  'x-ratelimit-*',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]
