import type { Operation } from '@jackfield/core'

/** A path below `/v1`, and what a `POST` to it asks for. */
export interface CallPath {
  readonly url: string
  readonly operation: Operation
}

/** Calls that the gateway understands: routed by model, translated where the backend speaks another protocol. */
export const callPaths: readonly CallPath[] = [
  { url: '/v1/messages', operation: 'chat' },
  { url: '/v1/messages/count_tokens', operation: 'count-tokens' },
]

/** What is forwarded as it is on paths that no other protocol has. */
export const sharedOpaquePaths: readonly string[] = ['/messages/batches', '/messages/batches/*']

/** What is forwarded as it is below `/anthropic/v1`, as Fastify's router takes it. */
export const defaultOpaquePaths: readonly string[] = [...sharedOpaquePaths, '/files', '/files/*']
