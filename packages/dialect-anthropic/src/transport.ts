import { sseEvent } from '@jackfield/core'
import { createKeepAlive } from '@jackfield/dialect-kit'

/** The event that Anthropic sends while a client waits. */
export const keepAlive = createKeepAlive(sseEvent('ping', '{"type":"ping"}'))

/**
 * Client headers that go on to a provider: which API a call speaks (`anthropic-version`, `anthropic-beta`) and what identifies it.
 * Workspace and user profile belong to the account that pays, which is the gateway's.
 */
export const requestHeaders: readonly string[] = [
  'anthropic-version',
  'anthropic-beta',
  'idempotency-key',
  'x-client-request-id',
]

/**
 * Provider headers that go on to a client: the provider's id of the request, for support; limits and waiting times, which SDKs obey.
 * Organisation and workspace are not for clients.
 */
export const responseHeaders: readonly string[] = [
  'request-id',
  'anthropic-ratelimit-*',
  'anthropic-version',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]
