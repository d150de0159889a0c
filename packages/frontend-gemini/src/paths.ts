import type { Operation } from '@jackfield/core'
import { geminiOperation } from '@jackfield/dialect-gemini'

/** Versions of the API. Clients choose one by their habits; the gateway serves them alike. */
export const versions = ['v1', 'v1beta', 'v1alpha'] as const

/** Whether `{model}:{method}` is a call. Ids of models may have colons, so that the last one counts. `text` is decoded. */
export function isCall(text: string): boolean {
  return /^.+:[A-Za-z]+$/s.test(text)
}

/** What a call asks for on a path that other protocols have too: only the methods that are known count. */
export function sharedOperationOf(path: string): Operation | undefined {
  if (!path.startsWith('/v1/models/')) return undefined
  const operation = geminiOperation(path)
  return operation === 'opaque' ? undefined : operation
}

/** What is forwarded as it is, below each version, as Fastify's router takes it. */
export const defaultOpaquePaths: readonly string[] = [
  '/cachedContents',
  '/cachedContents/*',
  '/files',
  '/files/*',
  '/batches',
  '/batches/*',
  '/operations/*',
]
