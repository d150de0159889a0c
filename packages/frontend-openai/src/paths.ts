import type { Dialect, Operation } from '@jackfield/core'
import { openaiChat, openaiCompletions } from '@jackfield/dialect-openai'

/** A path that is answered with and without `/v1`, and what a `POST` to it asks for. */
export interface CallPath {
  readonly url: string
  readonly operation: Operation
  readonly dialect: Dialect
}

/** Calls that the gateway understands: routed by model, translated where the backend speaks another protocol. */
export const callPaths: readonly CallPath[] = [
  { url: '/chat/completions', operation: 'chat', dialect: openaiChat },
  { url: '/completions', operation: 'completions', dialect: openaiCompletions },
  { url: '/embeddings', operation: 'embeddings', dialect: openaiChat },
]

/**
 * Operations that are forwarded as they are, bytes both ways, to the backend that the `model` field or the header
 * `x-jackfield-backend` names. Below `/v1`, as Fastify's router takes them.
 */
export const defaultOpaquePaths: readonly string[] = [
  '/audio/*',
  '/batches',
  '/batches/*',
  '/files',
  '/files/*',
  '/fine_tuning/*',
  '/images/*',
  '/moderations',
  '/rerank',
  '/uploads',
  '/uploads/*',
  '/vector_stores',
  '/vector_stores/*',
  '/videos',
  '/videos/*',
]

/** Opaque operations that clients of InfiniLM routers call without `/v1` too. */
export const bareOpaquePaths: ReadonlySet<string> = new Set(['/rerank'])
