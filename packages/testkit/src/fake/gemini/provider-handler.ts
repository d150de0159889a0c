import type { FakeModels } from '../openai/models.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import { eventStream, type Handler, reply, type ScriptStep, type Steps } from '../script.ts'
import type { KeyBehaviour } from '../strict/keys.ts'
import { type ProviderProblem, Refusal } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import type { GeminiAnswer, GeminiStyle } from './answer.ts'
import {
  batchEndpoint,
  checkRules,
  countEndpoint,
  countedRules,
  embedEndpoint,
  type GeminiEndpoint,
  generateEndpoint,
  readGeminiBody,
  statelessRules,
} from './check-request.ts'
import { configOf } from './config-rules.ts'
import { countAnswer, countedRequest } from './count-tokens.ts'
import { batchEmbedAnswer, embedAnswer } from './embeddings.ts'
import { retrySeconds } from './error-envelope.ts'
import { geminiArray, geminiSse } from './frames.ts'
import { checkGeminiKey } from './keys.ts'
import type { GeminiSurface } from './message-type.ts'
import { checkGeminiModel, geminiModelById, geminiModelList, thinks } from './models.ts'
import { geminiChunks, geminiResponse } from './response.ts'
import type { ThoughtSigner } from './thought-signer.ts'

/** A fake Gemini, every choice made. */
export interface GeminiSettings {
  readonly basePath: string
  readonly keys: ReadonlyMap<string, KeyBehaviour>
  readonly models: FakeModels
  readonly surface: GeminiSurface
  readonly off: ReadonlySet<string>
  readonly extraRules: Readonly<Record<string, Rule>>
  readonly signerFor: (key: string) => ThoughtSigner
  readonly answer: (request: JsonObject, model: string) => GeminiAnswer
  readonly style: GeminiStyle
  readonly play: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  readonly renderError: (problem: ProviderProblem) => unknown
  readonly routes: Readonly<Record<string, Handler>>
}

/** One request on its way through the fake. */
interface Call {
  readonly settings: GeminiSettings
  readonly request: RecordedRequest
  readonly query: URLSearchParams
  readonly key: string
  readonly model: string
}

const json = { 'content-type': 'application/json; charset=UTF-8' }

const methods: Readonly<Record<string, (call: Call) => readonly ScriptStep[]>> = {
  generateContent,
  streamGenerateContent,
  countTokens,
  embedContent: (call) => answered(embedAnswer(bodyOf(call, embedEndpoint))),
  batchEmbedContents: (call) => answered(batchEmbedAnswer(bodyOf(call, batchEndpoint))),
}

/** Decides what a strict Gemini answers to each request. */
export function geminiHandler(settings: GeminiSettings): Handler {
  return async (request) => {
    try {
      const query = new URLSearchParams(request.query)
      const key = settings.off.has('authorization') ? '' : checkGeminiKey(request, settings.keys)
      return await respond({ settings, request, query, key, model: '' })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return refused(settings, request, error.problem)
    }
  }
}

async function respond(call: Call): Promise<Steps> {
  const { settings, request } = call
  const path = below(settings.basePath, request)
  const exact = settings.routes[`${request.method} ${path}`]
  if (exact) return await exact(request)
  checkQuery(call)
  if (request.method === 'GET' && path === '/models') {
    return answered(geminiModelList(settings.models, call.query))
  }
  const name = nameBelowModels(path)
  if (request.method === 'GET' && name !== '') {
    return answered(geminiModelById(settings.models, name))
  }
  // Model names may have slashes and colons in them: the last colon separates (Gemini, 4.1).
  const [, model = '', method = ''] = /^(.+):(\w+)$/s.exec(name) ?? []
  const run = request.method === 'POST' && Object.hasOwn(methods, method) && methods[method]
  if (!run) throw new Refusal(404, `There is nothing at ${request.method} ${request.path}.`)
  if (!settings.off.has('known-model')) checkGeminiModel(settings.models, model, method)
  return settings.play(run({ ...call, model }), request)
}

function below(basePath: string, { path }: RecordedRequest): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : ''
}

/** What follows `/models/`, decoded; empty when nothing does. */
function nameBelowModels(path: string): string {
  if (!path.startsWith('/models/')) return ''
  try {
    return decodeURIComponent(path.slice('/models/'.length))
  } catch {
    throw new Refusal(400, 'The path is not percent-encoded UTF-8.')
  }
}

const queryNames = ['alt', 'key', 'pageSize', 'pageToken', 'prettyPrint']

function checkQuery({ settings, query }: Call): void {
  if (settings.off.has('query')) return
  const unknown = [...query.keys()].find((name) => !queryNames.includes(name))
  if (unknown !== undefined) {
    const message = `Invalid JSON payload received. Unknown name "${unknown}": Cannot bind query parameter.`
    throw new Refusal(400, message, { param: unknown })
  }
  const alt = query.get('alt') ?? 'json'
  if (alt !== 'json' && alt !== 'sse') {
    throw new Refusal(400, `Invalid value "${alt}" for the query parameter alt.`, { param: 'alt' })
  }
}

/** An error of a stream that is an array is in an array too (Gemini, 4.7). */
function refused(
  settings: GeminiSettings,
  request: RecordedRequest,
  problem: ProviderProblem,
): readonly ScriptStep[] {
  const arrayed =
    request.path.endsWith(':streamGenerateContent') &&
    new URLSearchParams(request.query).get('alt') !== 'sse'
  const error = settings.renderError(problem)
  const { 'retry-after': hint, ...headers } = problem.headers ?? {}
  const date = hint !== undefined && retrySeconds(problem) === undefined
  const all = { ...json, ...headers, ...(date && { 'retry-after': hint }) }
  return reply(problem.status, arrayed ? [error] : error, all)
}

function answered(body: unknown): readonly ScriptStep[] {
  return reply(200, body, json)
}

function bodyOf({ request, settings }: Call, endpoint: GeminiEndpoint): JsonObject {
  return readGeminiBody(request, endpoint, settings)
}

function generateContent(call: Call): readonly ScriptStep[] {
  const [answer, style] = generated(call)
  return answered(geminiResponse(answer, style))
}

function streamGenerateContent(call: Call): readonly ScriptStep[] {
  const [answer, style] = generated(call)
  const chunks = geminiChunks(answer, style)
  return call.query.get('alt') === 'sse'
    ? eventStream(geminiSse(chunks, style.frame), { 'content-type': 'text/event-stream' })
    : eventStream(geminiArray(chunks), json)
}

/** What the model says to a request that passes the rules, and the style with its signatures. */
function generated(call: Call): readonly [answer: GeminiAnswer, style: GeminiStyle] {
  const { settings, key, model } = call
  const signer = settings.signerFor(key)
  const endpoint = generateEndpoint(signer)
  const rules = { ...endpoint.rules, ...settings.extraRules }
  const body = bodyOf(call, { ...endpoint, rules })
  checkThinking(call, body)
  return [settings.answer(body, model), { sign: signer.sign, ...settings.style }]
}

function countTokens(call: Call): readonly ScriptStep[] {
  const body = bodyOf(call, countEndpoint)
  const [request, at] = countedRequest(body)
  const rules = at === '' ? countedRules : statelessRules
  checkRules(request, rules, { off: call.settings.off, at })
  return answered(countAnswer(body))
}

function checkThinking({ settings, model }: Call, body: JsonObject): void {
  if (settings.off.has('thinking-model') || thinks(settings.models, model)) return
  const at = 'generationConfig.thinkingConfig'
  if (configOf(body)['thinkingConfig'] === undefined) return
  throw new Refusal(400, `Invalid value at '${at}': models/${model} does not think.`, { param: at })
}
