import { type Framing, sseEvent } from '@jackfield/core'

const ping = Buffer.from(sseEvent('ping', '{"type":"ping"}'))
const space = Buffer.from(' ')
const nothing = new Uint8Array(0)

/** The event that Anthropic sends while a client waits; before a JSON document white space is allowed. */
export function keepAlive(framing: Framing): Uint8Array {
  switch (framing) {
    case 'sse':
      return ping
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
