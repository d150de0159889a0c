import { readBody } from '../openai/check-request.ts'
import { digest } from '../openai/default-answer.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import { eventStream, reply, type ScriptStep } from '../script.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'
import { itemsOf } from '../strict/shape.ts'
import { checkResponsesBody, responsesEndpoint } from './check-request.ts'
import { completeAnswer } from './complete-answer.ts'
import { conversationOf } from './conversation.ts'
import { finishedResponse, pendingResponse } from './document.ts'
import { withId } from './input-item.ts'
import { type Memory, rememberIssued, rememberResponse, type StoredResponse } from './memory.ts'
import { itemDocument } from './output-item.ts'
import type { ResponsesSettings } from './settings.ts'
import { responsesStream } from './stream.ts'

/** `POST /responses`: checks, answers and remembers. Throws a `Refusal`. */
export function createResponse(
  settings: ResponsesSettings,
  request: RecordedRequest,
  memory: Memory,
): readonly ScriptStep[] {
  const { off, extraRules } = settings
  const body = readBody(request, off)
  const endpoint = {
    ...responsesEndpoint,
    rules: { ...responsesEndpoint.rules, ...extraRules },
  }
  checkResponsesBody(body, memory, { endpoint, off })
  checkModel(settings, body)
  const response = answered(settings, body, memory)
  rememberIssued(memory, response.output)
  if (body['store'] !== false) rememberResponse(memory, response)
  return steps(body, response)
}

/** Refuses a model that there is not. Here it is a 400 (OpenAI Chat 1.7). */
export function checkModel({ models, off }: ResponsesSettings, body: JsonObject): void {
  const { model } = body
  const ids = models.map((known) => (typeof known === 'string' ? known : known.id))
  if (off.has('known-model') || typeof model !== 'string' || ids.includes(model)) return
  const message = `The requested model '${model}' does not exist.`
  throw new Refusal(400, message, { code: 'model_not_found', param: 'model' })
}

function answered(settings: ResponsesSettings, body: JsonObject, memory: Memory): StoredResponse {
  const conversation = conversationOf(body, memory).map(({ item }) => item)
  const answer = settings.answer(body, conversation)
  const style = { encrypt: memory.seal.seal, seed: memory.seed, ...settings.style }
  const complete = completeAnswer(answer, body, style)
  // What is stored can be retrieved with the state in it, whatever was asked for at first.
  const include = [...itemsOf(body['include']), 'reasoning.encrypted_content']
  const output = completeAnswer(answer, { ...body, include }, style).items.map(itemDocument)
  const waits = body['background'] === true && body['stream'] !== true
  return {
    id: complete.id,
    request: body,
    input: conversation.map(withId),
    output,
    finished: finishedResponse(complete, body),
    pending: (status) => pendingResponse(complete, body, status),
    frames: () => responsesStream(answer, body, style),
    pollsLeft: waits ? settings.backgroundPolls : 0,
    cancelled: false,
  }
}

function steps(body: JsonObject, response: StoredResponse): readonly ScriptStep[] {
  const headers = { 'x-request-id': `req_${digest(body)}` }
  if (body['stream'] === true) return eventStream(response.frames(), headers)
  const queued = body['background'] === true
  return reply(200, queued ? response.pending('queued') : response.finished, headers)
}
