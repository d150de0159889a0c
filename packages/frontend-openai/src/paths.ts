import type { Dialect, Operation } from '@jackfield/core'
import { openaiChat, openaiCompletions, openaiResponses } from '@jackfield/dialect-openai'
import type { HTTPMethods } from 'fastify'

/** A path that is answered with and without `/v1`, and what a request to it asks for. */
export interface CallPath {
  readonly url: string
  readonly operation: Operation
  readonly dialect: Dialect
  /** Default: `POST`. */
  readonly methods?: readonly HTTPMethods[]
}

/** Calls that the gateway understands: routed by model, translated where the backend speaks another protocol. */
export const callPaths: readonly CallPath[] = [
  { url: '/chat/completions', operation: 'chat', dialect: openaiChat },
  { url: '/completions', operation: 'completions', dialect: openaiCompletions },
  { url: '/embeddings', operation: 'embeddings', dialect: openaiChat },
]

const responses = (url: string, operation: Operation, ...methods: HTTPMethods[]): CallPath => ({
  url: `/responses${url}`,
  operation,
  dialect: openaiResponses,
  methods,
})

/** The same for the Responses API, where answers can be named later, and what only its provider can do (`compact`). */
export const responsesPaths: readonly CallPath[] = [
  responses('', 'chat', 'POST'),
  responses('/input_tokens', 'count-tokens', 'POST'),
  responses('/compact', 'opaque', 'POST'),
  responses('/:id', 'resource', 'GET', 'DELETE'),
  responses('/:id/cancel', 'resource', 'POST'),
  responses('/:id/input_items', 'resource', 'GET'),
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
