import { createKeepAlive } from '@jackfield/dialect-kit'

/** A comment, which SSE readers skip. */
export const keepAlive = createKeepAlive(': keep-alive\r\n\r\n')

/**
 * Client headers that go on to a provider: who made the client, and how long it waits. Keys and projects belong to the account that
 * pays, which is the gateway's.
 */
export const requestHeaders: readonly string[] = ['x-goog-api-client', 'x-server-timeout']

/** Provider headers that go on to a client: its times, waiting times, and whose quota tier served the call. */
export const responseHeaders: readonly string[] = [
  'server-timing',
  'retry-after',
  'x-gemini-service-tier',
]
