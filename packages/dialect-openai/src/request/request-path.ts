import type { PathRequest } from '@jackfield/core'

/**
 * Path below a base URL that ends in `/v1`, as OpenAI's does. Opaque calls keep their own path and query, whether the client
 * wrote the `/v1` or not.
 */
export function requestPath({ operation, input }: PathRequest): string {
  switch (operation) {
    case 'chat':
      return '/chat/completions'
    case 'completions':
      return '/completions'
    case 'embeddings':
      return '/embeddings'
    case 'opaque':
    case 'resource':
    case 'count-tokens':
      return opaquePath(input)
    default:
      return operation satisfies never
  }
}

function opaquePath(input: PathRequest['input']): string {
  if (input === undefined) throw new TypeError('an opaque call has a path of its own')
  const path = input.path.startsWith('/v1/') ? input.path.slice('/v1'.length) : input.path
  return input.query === '' ? path : `${path}?${input.query}`
}
