import type { Framing } from '@jackfield/core'

const comment = Buffer.from(': keep-alive\r\n\r\n')
const space = Buffer.from(' ')
const nothing = new Uint8Array(0)

/** A comment, which SSE readers skip; between the elements of an array and before a document white space is allowed. */
export function keepAlive(framing: Framing): Uint8Array {
  switch (framing) {
    case 'sse':
      return comment
    case 'json':
    case 'json-array':
      return space
    case 'opaque':
      return nothing
    default:
      return framing satisfies never
  }
}

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
