import { GatewayError, type Operation } from '@jackfield/core'

/** What the path of a call says. */
export interface CallPath {
  /** As the client named it, without `models/`; of tuned models with what stands before their names. */
  readonly model: string
  /** `generateContent`; empty where the path names a model and no method. */
  readonly method: string
}

const operations: Readonly<Record<string, Operation>> = {
  generateContent: 'chat',
  streamGenerateContent: 'chat',
  countTokens: 'count-tokens',
  embedContent: 'embeddings',
  batchEmbedContents: 'embeddings',
}

const collections = ['/models/', '/tunedModels/'] as const

/**
 * What a `POST` to a path asks for, for frontends: `opaque` for a method that the gateway does not look into (`:predict`) and for
 * paths that name no model. Never throws.
 */
export function geminiOperation(path: string): Operation {
  const { method } = readCallPath(path) ?? { method: '' }
  return Object.hasOwn(operations, method) ? (operations[method] ?? 'opaque') : 'opaque'
}

/**
 * Model and method of `…/models/{model}:{method}` or `…/tunedModels/{model}:{method}`, whatever version or prefix stands before. Both
 * may be percent-encoded; a model may have slashes and colons, so the last colon parts them. `undefined` for other paths.
 */
export function readCallPath(path: string): CallPath | undefined {
  const decoded = decodePath(path)
  const found = collections
    .map((name) => ({ name, at: decoded.indexOf(name) }))
    .filter(({ at }) => at !== -1)
    .toSorted((one, other) => one.at - other.at)[0]
  if (found === undefined) return undefined
  const rest = decoded.slice(found.at + found.name.length)
  const colon = rest.lastIndexOf(':')
  const name = colon === -1 ? rest : rest.slice(0, colon)
  const model = found.name === '/models/' ? modelName(name) : `tunedModels/${name}`
  return { model, method: colon === -1 ? '' : rest.slice(colon + 1) }
}

/** A model without the name of its collection, which bodies and some paths put before it. */
export function modelName(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name
}

/** A model with the name of its collection, as bodies have it. */
export function modelResource(model: string): string {
  return /^(?:models|tunedModels|publishers|projects)\//.test(model) ? model : `models/${model}`
}

/** A broken encoding means nothing that could be wrong in the name: it then stands for itself. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** The model of a path, which names one. */
export function checkModel(model: string): string {
  const isPlain = model.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
  if (isPlain && model.trim() !== '') return model
  throw new GatewayError('invalid_request', 'The path names no model: `model` must not be empty.', {
    param: 'model',
  })
}
