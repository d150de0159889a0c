import { GatewayError, type JsonObject } from '@jackfield/core'

const defaultLimit = 20
const maxLimit = 100

/** One page of the items that an answer was made from (`limit`, `order`, `after`), newest first unless asked otherwise. */
export function itemList(input: readonly JsonObject[], query: URLSearchParams): JsonObject {
  const limit = limitOf(query)
  const ordered = orderOf(query) === 'asc' ? input : input.toReversed()
  const start = startOf(ordered, query.get('after'))
  const data = ordered.slice(start, start + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < ordered.length,
  }
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit')
  if (text === null || text === '') return defaultLimit
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  return refuse('limit', `must be a whole number from 1 to ${maxLimit}`)
}

function orderOf(query: URLSearchParams): 'asc' | 'desc' {
  const order = query.get('order') ?? 'desc'
  if (order === 'asc' || order === 'desc') return order
  return refuse('order', 'must be "asc" or "desc"')
}

function startOf(items: readonly JsonObject[], after: string | null): number {
  if (after === null || after === '') return 0
  const index = items.findIndex(({ id }) => id === after)
  return index === -1 ? refuse('after', 'names no item of this response') : index + 1
}

function refuse(param: string, problem: string): never {
  throw new GatewayError('invalid_request', `\`${param}\` ${problem}.`, { param })
}
