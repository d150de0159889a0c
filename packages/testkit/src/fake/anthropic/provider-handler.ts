import { digest } from '../openai/default-answer.ts'
import type { FakeModel } from '../openai/models.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import { eventStream, type Handler, reply, type ScriptStep, type Steps } from '../script.ts'
import type { KeyBehaviour, KeyPlace } from '../strict/keys.ts'
import { keyIn } from '../strict/keys.ts'
import { type ProviderProblem, Refusal } from '../strict/refusal.ts'
import type { JsonObject, Rule } from '../strict/rule.ts'
import type { AnthropicAnswer } from './anthropic-answer.ts'
import { anthropicMessage } from './anthropic-message.ts'
import { type AnthropicStreamStyle, anthropicStream } from './anthropic-stream.ts'
import {
  checkBody,
  counting,
  creating,
  type Operation,
  readBody,
  rulesFor,
} from './check-request.ts'
import { modelPage, unknownModel } from './model-list.ts'
import { countTokens } from './prompt.ts'
import { goodKey, inAnthropicWords } from './provider-error.ts'
import type { ReasoningState } from './reasoning-state.ts'
import type { TurnLedger } from './turn-ledger.ts'

/** A fake Anthropic, every choice made. */
export interface AnthropicSettings {
  readonly basePath: string
  readonly keys: ReadonlyMap<string, KeyBehaviour>
  readonly keyPlace: KeyPlace
  readonly models: readonly FakeModel[]
  readonly off: ReadonlySet<string>
  readonly extraRules: Readonly<Record<string, Rule>>
  readonly answer: (request: JsonObject) => AnthropicAnswer
  readonly style: AnthropicStreamStyle
  readonly play: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  readonly renderError: (problem: ProviderProblem, requestId: string) => unknown
  readonly routes: Readonly<Record<string, Handler>>
  readonly state: ReasoningState
  readonly ledger: TurnLedger
  /** To whom the reasoning state of a key belongs; the key is empty where none is asked for. */
  readonly scopeOf: (key: string) => string
  readonly thinkingFirst: 'own' | 'always'
  readonly prefill: 'allowed' | 'refused'
}

type Route = (request: RecordedRequest) => Steps | Promise<Steps>

/** The versions of the API (Anthropic Messages 3.1). */
const versions = ['2023-06-01', '2026-10-21']

/** Decides what a strict Anthropic answers to each request. */
export function anthropicHandler(settings: AnthropicSettings): Handler {
  const routes: Readonly<Record<string, Route>> = {
    'POST /messages': (request) => create(settings, request),
    'POST /messages/count_tokens': (request) => count(settings, request),
    'GET /models': (request) => answered(request, modelPage(settings.models, request.query)),
    ...settings.routes,
  }
  return async (request) => {
    try {
      checkHead(settings, request)
      return await routeOf(routes, settings, request)(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const problem = inAnthropicWords(error.problem)
      const id = requestId(request)
      const headers = { 'request-id': id, ...problem.headers }
      return reply(problem.status, settings.renderError(problem, id), headers)
    }
  }
}

function checkHead({ off, keys, keyPlace }: AnthropicSettings, request: RecordedRequest): void {
  if (!off.has('authorization')) goodKey(request, keys, keyPlace)
  const version = versionOf(request)
  if (off.has('anthropic-version') || versions.includes(version)) return
  const message = version === '' ? 'header is required' : `"${version}" is not a valid version`
  throw new Refusal(400, `anthropic-version: ${message}`, { param: 'anthropic-version' })
}

function routeOf(
  routes: Readonly<Record<string, Route>>,
  settings: AnthropicSettings,
  request: RecordedRequest,
): Route {
  const below = request.path.startsWith(`${settings.basePath}/`)
  const path = below ? request.path.slice(settings.basePath.length) : undefined
  const exact = routes[`${request.method} ${path}`]
  if (exact) return exact
  if (request.method === 'GET' && path?.startsWith('/models/')) {
    const model = modelOf(settings, decoded(path.slice('/models/'.length)))
    return () => answered(request, model)
  }
  const allowed = Object.keys(routes)
    .find((route) => route.endsWith(` ${path}`))
    ?.split(' ')[0]
  if (allowed === undefined) throw new Refusal(404, `Not found: ${request.path}`)
  throw new Refusal(405, 'Method Not Allowed', { headers: { allow: allowed } })
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function create(settings: AnthropicSettings, request: RecordedRequest): Steps {
  const body = checkedBody(settings, request, creating)
  const scope = scopeOf(settings, request)
  const answer = settings.state.sign(settings.answer(body), scope)
  settings.ledger.remember(answer, scope)
  const headers = { 'request-id': requestId(request) }
  const steps =
    body['stream'] === true
      ? eventStream(anthropicStream(answer, settings.style), headers)
      : reply(200, anthropicMessage(answer, settings.style), headers)
  return settings.play(steps, request)
}

function count(settings: AnthropicSettings, request: RecordedRequest): Steps {
  const body = checkedBody(settings, request, counting)
  return answered(request, { input_tokens: countTokens(body) })
}

function checkedBody(
  settings: AnthropicSettings,
  request: RecordedRequest,
  operation: Operation,
): JsonObject {
  const { off, extraRules, models } = settings
  const body = readBody(request, off)
  const { state, ledger, thinkingFirst, prefill } = settings
  const rules = rulesFor({
    version: versionOf(request),
    betas: betasOf(request),
    model: models.find(({ id }) => id === body['model']),
    scope: scopeOf(settings, request),
    state,
    ledger,
    thinkingFirst,
    prefill,
  })
  checkBody(body, { ...rules, ...extraRules }, { operation, off })
  if (!off.has('known-model')) modelOf(settings, String(body['model']))
  return body
}

function modelOf({ models }: AnthropicSettings, id: string): FakeModel {
  const model = models.find((entry) => entry.id === id)
  if (model) return model
  throw unknownModel(id)
}

function scopeOf(settings: AnthropicSettings, request: RecordedRequest): string {
  return settings.scopeOf(keyIn(request, settings.keyPlace) ?? '')
}

function versionOf(request: RecordedRequest): string {
  return request.headers['anthropic-version'] ?? ''
}

function betasOf(request: RecordedRequest): readonly string[] {
  const betas = (request.headers['anthropic-beta'] ?? '').split(',')
  return betas.map((beta) => beta.trim()).filter((beta) => beta !== '')
}

function answered(request: RecordedRequest, body: unknown): readonly ScriptStep[] {
  return reply(200, body, { 'request-id': requestId(request) })
}

/** Equal requests have equal ids. */
function requestId({ method, path, query, body }: RecordedRequest): string {
  return `req_${digest([method, path, query, Buffer.from(body).toString('latin1')])}`
}
