import type { RecordedRequest } from '../recorded-request.ts'
import { eventStream, type Handler, reply, type ScriptStep, type Steps } from '../script.ts'
import { checkKey, type KeyBehaviour, type KeyPlace } from '../strict/keys.ts'
import { type ProviderProblem, Refusal } from '../strict/refusal.ts'
import { type JsonObject, onlyWhen, type Rule } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import type { ChatAnswer } from './chat-answer.ts'
import { chatCompletion } from './chat-completion.ts'
import { type ChatStreamStyle, chatStream } from './chat-stream.ts'
import {
  chatEndpoint,
  checkBody,
  completionsEndpoint,
  type Endpoint,
  embeddingsEndpoint,
  readBody,
} from './check-request.ts'
import { completionAnswer, completionFrames } from './completions.ts'
import { digest } from './default-answer.ts'
import { embeddingsAnswer } from './embeddings.ts'
import { type FakeModels, modelById, modelList, unknownModel } from './models.ts'

/** A fake provider, every choice made. */
export interface ProviderSettings {
  readonly basePath: string
  readonly keys: ReadonlyMap<string, KeyBehaviour>
  readonly keyPlace: KeyPlace
  readonly models: FakeModels
  readonly streams: boolean
  readonly parameters?: readonly string[]
  readonly off: ReadonlySet<string>
  readonly extraRules: Readonly<Record<string, Rule>>
  readonly answer: (request: JsonObject) => ChatAnswer
  readonly style: ChatStreamStyle
  readonly play: (steps: readonly ScriptStep[], request: RecordedRequest) => Steps
  readonly renderError: (problem: ProviderProblem) => unknown
  readonly routes: Readonly<Record<string, Handler>>
}

type Route = (request: RecordedRequest) => Steps | Promise<Steps>

/** Decides what a strict provider answers to each request. */
export function providerHandler(settings: ProviderSettings): Handler {
  const routes: Readonly<Record<string, Route>> = {
    'POST /chat/completions': generation(settings, chatOf(settings), (body) =>
      chatSteps(settings, body),
    ),
    'POST /completions': generation(settings, completionsEndpoint, completionSteps),
    'POST /embeddings': generation(settings, embeddingsEndpoint, (body) =>
      reply(200, embeddingsAnswer(body)),
    ),
    'GET /models': () => reply(200, modelList(settings.models)),
    ...settings.routes,
  }
  return async (request) => {
    try {
      if (!settings.off.has('authorization')) {
        checkKey(request, settings.keys, settings.keyPlace)
      }
      return await routeOf(routes, settings, request)(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { problem } = error
      return reply(problem.status, settings.renderError(problem), problem.headers)
    }
  }
}

function routeOf(
  routes: Readonly<Record<string, Route>>,
  settings: ProviderSettings,
  request: RecordedRequest,
): Route {
  const below = request.path.startsWith(`${settings.basePath}/`)
  const path = below ? request.path.slice(settings.basePath.length) : undefined
  const exact = routes[`${request.method} ${path}`]
  if (exact) return exact
  if (request.method === 'GET' && path?.startsWith('/models/')) {
    const id = decodeURIComponent(path.slice('/models/'.length))
    return () => reply(200, modelById(settings.models, id))
  }
  const allowed = Object.keys(routes)
    .find((route) => route.endsWith(` ${path}`))
    ?.split(' ')[0]
  if (allowed === undefined) {
    throw new Refusal(404, `Invalid URL (${request.method} ${request.path})`)
  }
  const headers = { allow: allowed }
  throw new Refusal(405, `Not allowed to ${request.method} on ${request.path}`, { headers })
}

function chatOf(settings: ProviderSettings): Endpoint {
  const refused = { message: 'streaming is not supported', cites: 'a provider that never streams' }
  const noStreaming = onlyWhen('stream', (body) => body['stream'] === false, refused)
  return {
    parameters: settings.parameters ?? chatEndpoint.parameters,
    rules: {
      ...chatEndpoint.rules,
      ...(!settings.streams && { 'no-streaming': noStreaming }),
      ...settings.extraRules,
    },
  }
}

/** The common part of the operations that run a model. */
function generation(
  settings: ProviderSettings,
  endpoint: Endpoint,
  answer: (body: JsonObject) => readonly ScriptStep[],
): Route {
  return (request) => {
    const body = readBody(request, settings.off)
    checkBody(body, endpoint, settings.off)
    if (!settings.off.has('known-model')) checkModel(settings.models, String(body['model']))
    const requestId = { 'x-request-id': `req_${digest(body)}` }
    const steps = answer(body).map((step) =>
      step.do === 'head' ? { ...step, headers: { ...step.headers, ...requestId } } : step,
    )
    return settings.play(steps, request)
  }
}

function checkModel(models: FakeModels, id: string): void {
  const ids = models.map((model) => (typeof model === 'string' ? model : model.id))
  if (!ids.includes(id)) throw unknownModel(id)
}

function chatSteps(settings: ProviderSettings, body: JsonObject): readonly ScriptStep[] {
  const { style } = settings
  const answer = settings.answer(body)
  if (body['stream'] !== true) return reply(200, chatCompletion(answer, style))
  const own = style.usage === undefined || style.usage === 'own-chunk'
  const asked = own && asksForUsage(body) ? 'own-chunk' : 'absent'
  return eventStream(chatStream(answer, { ...style, ...(own && { usage: asked }) }))
}

function completionSteps(body: JsonObject): readonly ScriptStep[] {
  if (body['stream'] === true) return eventStream(completionFrames(body))
  return reply(200, completionAnswer(body))
}

function asksForUsage(body: JsonObject): boolean {
  const options = body['stream_options']
  return isObject(options) && options['include_usage'] === true
}
