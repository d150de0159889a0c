import type { Operation } from '@jackfield/core'

/** Versions of the API. Clients choose one by their habits; the gateway serves them alike. */
export const versions = ['v1', 'v1beta', 'v1alpha'] as const

/** What a method behind the colon asks for. All others are forwarded as they are. */
const operations: Readonly<Record<string, Operation>> = {
  generateContent: 'chat',
  streamGenerateContent: 'chat',
  countTokens: 'count-tokens',
  embedContent: 'embeddings',
  batchEmbedContents: 'embeddings',
}

const methodName = /^[A-Za-z]+$/

/**
 * What `{model}:{method}` asks for; `undefined` where it is no call. Ids of models may have colons, so that the last one
 * counts. `text` is decoded.
 */
export function operationOf(text: string): Operation | undefined {
  const colon = text.lastIndexOf(':')
  const method = text.slice(colon + 1)
  if (colon <= 0 || !methodName.test(method)) return undefined
  return operations[method] ?? 'opaque'
}

/** The same for a whole path of `/v1/models/…`, which other protocols have too: only the methods that are known count. */
export function sharedOperationOf(path: string): Operation | undefined {
  const decoded = path.replaceAll(/%3a/gi, ':')
  if (!decoded.startsWith('/v1/models/')) return undefined
  return operations[decoded.slice(decoded.lastIndexOf(':') + 1)]
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
