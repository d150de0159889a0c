import type { RecordedRequest } from '../recorded-request.ts'
import { eventStream, reply, type ScriptStep } from '../script.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'
import { forgetResponse, type Memory, type StoredResponse } from './memory.ts'

/** An operation on the stored response `id`. */
export type StoredOperation = (
  request: RecordedRequest,
  memory: Memory,
  id: string,
) => readonly ScriptStep[]

/** `GET /responses/{id}`: the object as it is now, or with `stream=true` its events after `starting_after`. */
export const retrieveResponse: StoredOperation = (request, memory, id) => {
  const response = find(memory, id)
  const query = new URLSearchParams(request.query)
  if (query.get('stream') === 'true') {
    const after = Number(query.get('starting_after') ?? -1)
    return eventStream(response.frames().slice(after + 1))
  }
  const current = currentState(response)
  const asked = [...query.getAll('include[]'), ...query.getAll('include')]
  const whole = asked.includes('reasoning.encrypted_content') && current === response.finished
  return reply(200, whole ? { ...current, output: response.output } : current)
}

/** `DELETE /responses/{id}`. */
export const deleteResponse: StoredOperation = (_, memory, id) => {
  forgetResponse(memory, find(memory, id))
  return reply(200, { id, object: 'response', deleted: true })
}

/** `POST /responses/{id}/cancel`: only what was made in the background; what is finished stays as it is. */
export const cancelResponse: StoredOperation = (_, memory, id) => {
  const response = find(memory, id)
  if (response.request['background'] !== true) {
    throw new Refusal(400, 'Cannot cancel a synchronous response.')
  }
  if (response.pollsLeft > 0) response.cancelled = true
  return reply(200, response.cancelled ? response.pending('cancelled') : response.finished)
}

/** `GET /responses/{id}/input_items`: newest first unless `order=asc`, `limit` (20) of them `after` an id. */
export const listInputItems: StoredOperation = (request, memory, id) => {
  const { input } = find(memory, id)
  const query = new URLSearchParams(request.query)
  const ordered = query.get('order') === 'asc' ? input : input.toReversed()
  const after = query.get('after')
  const rest = after === null ? ordered : ordered.slice(placeOf(ordered, after) + 1)
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new Refusal(400, 'limit: expected an integer from 1 to 100.', { param: 'limit' })
  }
  const data = rest.slice(0, limit)
  return reply(200, {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: rest.length > data.length,
  })
}

/** Where an item stands. Throws a `Refusal` when it is not there. */
function placeOf(items: readonly JsonObject[], id: string): number {
  const place = items.findIndex((item) => item['id'] === id)
  if (place >= 0) return place
  throw new Refusal(400, `Item with id '${id}' not found.`, { param: 'after' })
}

function find({ responses }: Memory, id: string): StoredResponse {
  const response = responses.get(id)
  if (response) return response
  throw new Refusal(404, `Response with id '${id}' not found.`)
}

function currentState(response: StoredResponse): JsonObject {
  if (response.cancelled) return response.pending('cancelled')
  if (response.pollsLeft === 0) return response.finished
  response.pollsLeft -= 1
  return response.pending('in_progress')
}
