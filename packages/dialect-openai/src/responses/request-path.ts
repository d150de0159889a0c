import type { PathRequest } from '@jackfield/core'
import { requestPath } from '../request/request-path.ts'

/** Path below a base URL that ends in `/v1`. Stored answers and opaque calls keep their own path and query. */
export function responsesPath(request: PathRequest): string {
  switch (request.operation) {
    case 'chat':
      return '/responses'
    case 'count-tokens':
      return '/responses/input_tokens'
    default:
      return requestPath(request)
  }
}
