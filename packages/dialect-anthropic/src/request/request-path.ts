import type { PathRequest } from '@jackfield/core'

/** What clients write before the paths of this API. */
const prefixes = ['/anthropic/v1/', '/v1/'] as const

/**
 * Path below a base URL that ends in `/v1`, as Anthropic's does. Opaque calls keep their own path and query, whether the client wrote
 * the `/v1` or not.
 */
export function requestPath({ operation, input }: PathRequest): string {
  switch (operation) {
    case 'chat':
      return '/messages'
    case 'count-tokens':
      return '/messages/count_tokens'
    case 'completions':
    case 'embeddings':
    case 'opaque':
    case 'resource':
      return ownPath(operation, input)
    default:
      return operation satisfies never
  }
}

function ownPath(operation: string, input: PathRequest['input']): string {
  if (input === undefined) throw new TypeError(`a call of ${operation} has a path of its own`)
  const prefix = prefixes.find((candidate) => input.path.startsWith(candidate))
  const path = prefix === undefined ? input.path : input.path.slice(prefix.length - 1)
  return input.query === '' ? path : `${path}?${input.query}`
}
