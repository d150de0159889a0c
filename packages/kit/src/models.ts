import {
  GatewayError,
  isGatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Model,
  type ProbeContext,
  type Target,
  type TargetSource,
  type Timeouts,
} from '@jackfield/core'
import type { Sender } from './sender.ts'
import { readBounded } from './transport/bounded-body.ts'

/** Where a backend's list of models comes from. */
export interface ModelListing {
  /** Models that are known without asking: the list where the provider has none or does not answer, and what it does not say of them. */
  readonly known?: readonly Model[]
  /** Path below the first surface's base URL. Default: `/models`. `false`: the provider is not asked. */
  readonly path?: string | false
  /** What one entry says, in lists of the provider's own form; `undefined` skips it. Default: OpenAI's form and its variants. */
  readonly read?: (entry: JsonObject) => Model | undefined
  /** The path of the next page, from a page's document. Default: lists have one page. */
  readonly nextPage?: (document: JsonObject) => string | undefined
  /** Public id of a model as the provider names it (a vendor prefix). Default: the same. */
  readonly publicId?: (id: string) => string
}

export interface ListModelsOptions {
  readonly sender: Sender
  readonly targets: TargetSource
  readonly context: ProbeContext
}

/** The largest public list (OpenRouter's) has about 1 MB. */
const maxListBytes = 16 * 1024 * 1024
const maxTargets = 3
/** A list that never ends is a fault of its server; what came so far is good. */
const maxPages = 20

/** Limits of requests that no client waits for. */
export const probeTimeouts: Timeouts = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  firstTokenMs: 0,
  idleMs: 15_000,
  totalMs: 20_000,
}

/**
 * The provider's list, with what is known besides. Asks at most three targets, since one may have a bad credential. Falls
 * back to the known models; rejects with the last failure where there are none.
 */
export async function listModels(
  listing: ModelListing,
  { sender, targets, context }: ListModelsOptions,
): Promise<readonly Model[]> {
  const { known = [], path = '/models', publicId = (id) => id } = listing
  if (path === false) return known
  let failure = new GatewayError('no_available_target', 'There is no target to ask for models.')
  for (const target of targets.current().slice(0, maxTargets)) {
    const listed = await askForModels({ ...listing, path }, { sender, target, context })
    if (!isGatewayError(listed)) return merge(listed, known, publicId)
    failure = listed
    if (context.signal.aborted) break
  }
  if (known.length === 0) throw failure
  context.log.debug({ err: failure }, 'the provider lists no models; using the known ones')
  return known
}

async function askForModels(
  { path: first, read, nextPage }: ModelListing & { readonly path: string },
  options: PageOptions,
): Promise<readonly Model[] | GatewayError> {
  const models: Model[] = []
  let path: string | undefined = first
  for (let page = 0; path !== undefined && page < maxPages; page += 1) {
    const document = await askForPage(path, options)
    if (isGatewayError(document)) return document
    const listed = readModels(document, read)
    if (isGatewayError(listed)) return listed
    models.push(...listed)
    path = isJsonObject(document) ? nextPage?.(document) : undefined
  }
  return models
}

interface PageOptions {
  readonly sender: Sender
  readonly target: Target
  readonly context: ProbeContext
}

async function askForPage(
  path: string,
  { sender, target, context: { signal } }: PageOptions,
): Promise<JsonValue | undefined | GatewayError> {
  const result = await sender.get(path, { target, signal, timeouts: probeTimeouts })
  if ('failed' in result) return result.failed
  const { bytes, broken } = await readBounded(result.ok.body, maxListBytes)
  return broken ?? parseJson(bytes)
}

/** Reads `{data: […]}`, `{models: […]}` or a bare list, of objects with `id` (or `name`) or of names. Unknown entries are skipped. */
export function parseModels(body: Uint8Array): readonly Model[] | GatewayError {
  return readModels(parseJson(body))
}

function readModels(
  document: JsonValue | undefined,
  read: NonNullable<ModelListing['read']> = readModel,
): readonly Model[] | GatewayError {
  const entries = listIn(document)
  if (entries !== undefined) {
    return entries.flatMap((entry) => read(isJsonObject(entry) ? entry : { id: entry }) ?? [])
  }
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s list of models cannot be understood.',
  )
}

function parseJson(body: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as JsonValue
  } catch {
    return undefined
  }
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value
  if (!isJsonObject(value)) return undefined
  const list = value['data'] ?? value['models']
  return Array.isArray(list) ? list : undefined
}

function readModel(object: JsonObject): Model | undefined {
  const id = object['id'] ?? object['name']
  if (typeof id !== 'string' || id === '') return undefined
  const created = numberIn(object, 'created')
  const contextWindow = numberIn(object, ...contextWindowNames)
  const maxOutputTokens = numberIn(object, ...maxOutputNames)
  return {
    id,
    ...(created === undefined ? {} : { created }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/** As OpenRouter and Kimi, vLLM and SGLang, LiteLLM and Groq, Mistral write it. */
const contextWindowNames = [
  'context_length',
  'max_model_len',
  'context_window',
  'max_context_length',
] as const
const maxOutputNames = ['max_output_tokens', 'max_completion_tokens'] as const

function numberIn(object: JsonObject, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  }
  return undefined
}

function merge(
  listed: readonly Model[],
  known: readonly Model[],
  publicId: (id: string) => string,
): readonly Model[] {
  const details = new Map(known.map((model) => [model.id, model]))
  const ids = new Set<string>()
  return listed.flatMap((model) => {
    const id = publicId(model.id)
    if (ids.has(id)) return []
    ids.add(id)
    return [{ ...details.get(id), ...model, id, ...aliasesOf(model, id, details.get(id)) }]
  })
}

/** The provider's own name stays good beside the public one. */
function aliasesOf(listed: Model, id: string, known: Model | undefined): Pick<Model, 'aliases'> {
  const own = listed.id === id ? [] : [listed.id]
  const aliases = new Set([...(known?.aliases ?? []), ...own])
  return aliases.size === 0 ? {} : { aliases: [...aliases] }
}
