import type { CallInput } from '@jackfield/core'

/** What a call asks of a stored answer. */
export interface ResourceCall {
  readonly id: string
  readonly action: 'retrieve' | 'delete' | 'cancel' | 'input-items' | 'unknown'
  readonly query: URLSearchParams
  readonly stream: boolean
}

type Request = Pick<CallInput, 'path' | 'query' | 'method'>

/** `/responses/{id}`, `/responses/{id}/cancel` or `/responses/{id}/input_items`, below any prefix. */
export function resourceOf({ path, query: text, method }: Request): ResourceCall | undefined {
  const segments = path.split('/').filter((segment) => segment !== '')
  const at = segments.indexOf('responses')
  const [raw, sub, ...rest] = at === -1 ? [] : segments.slice(at + 1)
  const id = raw === undefined ? undefined : decoded(raw)
  if (id === undefined) return undefined
  const query = new URLSearchParams(text)
  const action = rest.length > 0 ? 'unknown' : actionOf(method.toUpperCase(), sub)
  return { id, action, query, stream: query.get('stream') === 'true' }
}

function actionOf(method: string, sub: string | undefined): ResourceCall['action'] {
  if (sub === undefined && method === 'GET') return 'retrieve'
  if (sub === undefined && method === 'DELETE') return 'delete'
  if (sub === 'cancel' && method === 'POST') return 'cancel'
  return sub === 'input_items' && method === 'GET' ? 'input-items' : 'unknown'
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
