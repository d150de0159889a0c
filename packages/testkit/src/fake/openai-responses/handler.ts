import { modelById, modelList } from '../openai/models.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import { type Handler, reply, type Steps } from '../script.ts'
import { checkKey, keyIn } from '../strict/keys.ts'
import { Refusal } from '../strict/refusal.ts'
import { createResponse } from './create-response.ts'
import type { Memory } from './memory.ts'
import { compact, inputTokens } from './other-operations.ts'
import type { ResponsesSettings } from './settings.ts'
import {
  cancelResponse,
  deleteResponse,
  listInputItems,
  retrieveResponse,
} from './stored-response.ts'

/** What one path does; `id` is the variable segment of the path, decoded. */
type Route = (request: RecordedRequest, memory: Memory, id: string) => Steps | Promise<Steps>

/** Decides what a strict Responses provider answers to each request. */
export function responsesHandler(settings: ResponsesSettings): Handler {
  const routes = routesOf(settings)
  const { chat, keys, keyPlace, off, renderError } = settings
  return async (request) => {
    try {
      const found = routeOf(routes, settings, request)
      if (!found && chat) return await chat(request)
      if (!off.has('authorization')) checkKey(request, keys, keyPlace)
      if (!found) throw new Refusal(404, `Invalid URL (${request.method} ${request.path})`)
      const memory = settings.memoryOf(keyIn(request, keyPlace))
      return await found.route(request, memory, found.id)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { problem } = error
      return reply(problem.status, renderError(problem), problem.headers)
    }
  }
}

function routesOf(settings: ResponsesSettings): Readonly<Record<string, Route>> {
  const { play, models } = settings
  return {
    'POST /responses': (request, memory) =>
      play(createResponse(settings, request, memory), request),
    'POST /responses/input_tokens': (request, memory) => inputTokens(settings, request, memory),
    'POST /responses/compact': (request, memory) =>
      play(compact(settings, request, memory), request),
    'GET /responses/{id}': retrieveResponse,
    'DELETE /responses/{id}': deleteResponse,
    'POST /responses/{id}/cancel': cancelResponse,
    'GET /responses/{id}/input_items': listInputItems,
    ...(!settings.chat && {
      'GET /models': () => reply(200, modelList(models)),
      'GET /models/{id}': (_: RecordedRequest, __: Memory, id: string) =>
        reply(200, modelById(models, id)),
    }),
    ...settings.routes,
  }
}

interface Found {
  readonly route: Route
  readonly id: string
}

/** The route of a request, if there is one. Throws a `Refusal` when its path only has another method. */
function routeOf(
  routes: Readonly<Record<string, Route>>,
  { basePath }: ResponsesSettings,
  request: RecordedRequest,
): Found | undefined {
  if (!request.path.startsWith(`${basePath}/`)) return undefined
  const segments = request.path.slice(basePath.length + 1).split('/')
  const matching = Object.entries(routes).flatMap(([name, route]) => {
    const [method = '', path = ''] = name.split(' ')
    const id = idIn(path.slice(1).split('/'), segments)
    return id === undefined ? [] : [{ method, route, id }]
  })
  const found = matching.find(({ method }) => method === request.method)
  const other = matching[0]
  if (found || !other) return found
  const headers = { allow: matching.map(({ method }) => method).join(', ') }
  throw new Refusal(405, `Not allowed to ${request.method} on ${request.path}`, { headers })
}

/** The segment in the place of `{id}`, empty when there is none; undefined when the path is another one. */
function idIn(pattern: readonly string[], segments: readonly string[]): string | undefined {
  const fits =
    pattern.length === segments.length &&
    pattern.every((part, index) => part === '{id}' || part === segments[index])
  if (!fits) return undefined
  const variable = pattern.indexOf('{id}')
  return variable < 0 ? '' : decoded(segments[variable] ?? '')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new Refusal(400, 'The path is not valid percent-encoding.')
  }
}
