import type { CallInput, PathRequest } from '@jackfield/core'
import { modelName, readCallPath } from './call-path.ts'

/**
 * Path and query below a base URL that ends in the version (`/v1beta`). A forwarded call keeps what else its query says, but for
 * credentials; opaque calls keep their own path, with the model that they name changed.
 */
export function requestPath(request: PathRequest): string {
  const { operation, input, stream } = request
  switch (operation) {
    case 'chat':
    case 'completions':
      return stream ? streamPath(request) : methodPath(request.model, 'generateContent')
    case 'count-tokens':
      return methodPath(request.model, 'countTokens')
    case 'embeddings':
      return methodPath(request.model, embeddingMethod(input))
    case 'opaque':
    case 'resource':
      return opaquePath(request)
    default:
      return operation satisfies never
  }
}

function methodPath(model: string, method: string): string {
  const resource = model.startsWith('tunedModels/') ? model : `models/${modelName(model)}`
  return `/${resource.split('/').map(encodeURIComponent).join('/')}:${method}`
}

/** The client's own fields follow what decides the framing. */
function streamPath({ model, framing, input }: PathRequest): string {
  const path = methodPath(model, 'streamGenerateContent')
  if (framing !== 'sse') return path
  const fields = (input?.query ?? '').split('&').filter(isKept)
  return [`${path}?alt=sse`, ...fields].join('&')
}

/** Where clients put their key, and what says anew how the stream is framed. */
const ownFields = new Set(['alt', '$alt', '%24alt', 'key', 'api_key', 'apikey', 'api-key'])

function isKept(field: string): boolean {
  const name = field.split('=', 1)[0]?.toLowerCase() ?? ''
  return name !== '' && name !== 'access_token' && !ownFields.has(name)
}

/** A translated request always comes as a batch, which holds one text as well as many. */
function embeddingMethod(input: CallInput | undefined): string {
  const method = input === undefined ? undefined : readCallPath(input.path)?.method
  return method === 'embedContent' ? method : 'batchEmbedContents'
}

function opaquePath({ input, model }: PathRequest): string {
  if (input === undefined) throw new TypeError('an opaque call has a path of its own')
  const { path, query } = input
  const call = readCallPath(path)
  const isRenamed = call !== undefined && call.method !== '' && model !== '' && call.model !== model
  const own = isRenamed ? methodPath(model, call.method) : withoutVersion(path)
  const fields = query.split('&').filter((field) => isKept(field) || isAlt(field))
  return query === '' || fields.length === 0 ? own : `${own}?${fields.join('&')}`
}

function isAlt(field: string): boolean {
  return field.startsWith('alt=') || field.startsWith('$alt=')
}

function withoutVersion(path: string): string {
  const version = /^\/v1(?:alpha|beta)?\d?(?=\/)/.exec(path)?.[0] ?? ''
  return path.slice(version.length)
}
